// Puts sharp into dist/node_modules in its WebAssembly build: one package for every platform, and what is tested is
// what is shipped. npm refuses to install that build (its package.json names the cpu "wasm32"), so its tarball is taken.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import tar from 'tar-stream';
import { cacheFolder } from './cacheFolder.mjs';
import { runNpm } from './runNpm.mjs';

/** Of @img/sharp-wasm32 in the version of the installed sharp; a new sharp asks for a new line here. */
const integrities = {
  '0.35.5': 'sha512-Ptsga1su4tQx+LLF1ECS9U6nz5kmrXKo6XVbtR48Ke3ZRxxgaWBu7IDtEe1quo8hiupwm6WFqxVlXaSf7IINGQ==',
};

/**
 * @param {{root: string, dist: string}} folders of the project, and of the build
 * @returns {Promise<{packages: string[], metafiles: import('esbuild').Metafile[]}>} what is shipped now, for the notices
 */
export async function vendorSharp({ root, dist }) {
  const sharpFolder = path.join(root, 'node_modules', 'sharp');
  const { version, config } = JSON.parse(await readFile(path.join(sharpFolder, 'package.json'), 'utf8'));
  const integrity = integrities[version];
  if (integrity === undefined) throw new Error(`scripts/vendor-sharp.mjs pins no integrity for sharp ${version}.`);

  const wasm = path.join(dist, 'node_modules', '@img', 'sharp-wasm32');
  const unpacked = await unpackedPackage(`@img/sharp-wasm32@${version}`, integrity);
  await cp(unpacked, wasm, { recursive: true });

  const sharp = await vendorBundle({
    root,
    folder: path.join(dist, 'node_modules', 'sharp'),
    entry: path.join(sharpFolder, 'dist', 'index.cjs'),
    packageJson: { name: 'sharp', version, main: 'index.js', config },
    plugins: [webAssemblyOnly],
    external: ['@img/sharp-wasm32', '@img/sharp-*'],
  });
  const emnapi = path.join(root, 'node_modules', '@emnapi', 'runtime');
  const runtime = await vendorBundle({
    root,
    folder: path.join(dist, 'node_modules', '@emnapi', 'runtime'),
    entry: path.join(emnapi, 'dist', 'emnapi.cjs.js'),
    packageJson: { name: '@emnapi/runtime', version: await versionOf(emnapi), main: 'index.js' },
  });
  return { packages: [wasm], metafiles: [sharp, runtime] };
}

/**
 * Bundles a library from node_modules into one file that stays a package of its own beside our chunks.
 *
 * @param {{root: string, folder: string, entry: string, packageJson: object, outfile?: string, plugins?: import('esbuild').Plugin[], external?: string[]}} options
 */
export async function vendorBundle({
  root,
  folder,
  entry,
  packageJson,
  outfile = 'index.js',
  plugins = [],
  external = [],
}) {
  const { metafile } = await esbuild.build({
    entryPoints: [entry],
    outfile: path.join(folder, outfile),
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    metafile: true,
    plugins,
    external,
  });
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(packageJson, undefined, 2)}\n`);
  return metafile;
}

/** sharp.cjs tries one native package after the other; ours has one answer. */
const webAssemblyOnly = {
  name: 'sharp-webassembly-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]sharp[\\/]dist[\\/]sharp\.cjs$/ }, () => ({
      contents: "module.exports = require('@img/sharp-wasm32/sharp.node');",
    }));
  },
};

/** Folder with the files of a published package, fetched once and checked against its integrity. */
async function unpackedPackage(name, integrity) {
  const folder = cacheFolder('npm', name.replaceAll('/', '+'));
  const wanted = path.join(folder, 'package');
  const seal = path.join(folder, 'integrity');
  if ((await readFile(seal, 'utf8').catch(() => '')) === integrity) return wanted;

  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    const [{ filename }] = JSON.parse(
      runNpm(['pack', name, '--json', '--pack-destination', temporary], { capture: true }),
    );
    // npm 9 prints the scoped name, not the name of the file.
    const tarball = await readFile(path.join(temporary, filename.replace(/^@/, '').replaceAll('/', '-')));
    const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} has the integrity ${found}, and ${integrity} was expected.`);
    await unpack(tarball, temporary);
    await writeFile(path.join(temporary, 'integrity'), integrity);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return wanted;
}

async function unpack(tarball, folder) {
  const extract = tar.extract();
  const written = (async () => {
    for await (const entry of extract) {
      const file = path.join(folder, ...entry.header.name.split('/'));
      if (entry.header.type === 'file' && file.startsWith(folder + path.sep)) {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, entry);
      }
      entry.resume();
    }
  })();
  await Promise.all([pipeline(Readable.from([gunzipSync(tarball)]), extract), written]);
}

async function versionOf(folder) {
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')).version;
}
