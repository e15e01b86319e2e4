import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Text of THIRD-PARTY-NOTICES: one chapter for each package of which something is shipped, with its licence file.
 *
 * @param {{root: string, metafiles: import('esbuild').Metafile[], packages: string[]}} shipped files that were bundled,
 *   and folders of packages that are shipped as they are
 * @returns {Promise<string>}
 */
export async function thirdPartyNotices({ root, metafiles, packages }) {
  const folders = new Set(packages);
  for (const file of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const folder = /^.*node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(file)?.[0];
    if (folder !== undefined) folders.add(path.resolve(root, folder));
  }
  const chapters = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    if (license === undefined) throw new Error(`${name} ${version} names no licence and must not be shipped.`);
    const texts = await licenceTexts(folder);
    chapters.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${texts || `Licence: ${license}`}`);
  }
  const sorted = [...chapters].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, chapter]) => chapter);
  return [intro, ...sorted, await libvips(root, packages)].join(`\n\n${'='.repeat(80)}\n\n`);
}

const intro = 'Model Deck for KServe contains parts of the following works, each under its own licence.';

async function licenceTexts(folder) {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => text.trim()).join('\n\n');
}

/** The LGPL wants its text, the GPL's, the versions, the place of the source, and that the library can be replaced. */
async function libvips(root, packages) {
  const wasm = packages.find((folder) => folder.endsWith('sharp-wasm32'));
  if (wasm === undefined) return '';
  const versions = JSON.parse(await readFile(path.join(wasm, 'versions.json'), 'utf8'));
  const list = Object.entries(versions).map(([name, version]) => `  ${name} ${version}`);
  const readme = await readFile(path.join(wasm, 'README.md'), 'utf8');
  const texts = await Promise.all(
    ['LGPL-3.0.txt', 'GPL-3.0.txt'].map((name) => readFile(path.join(root, 'scripts', 'licences', name), 'utf8')),
  );
  return [
    'libvips and the libraries that @img/sharp-wasm32 is linked with (libvips: LGPL-3.0-or-later)',
    `It is shipped as the separate file dist/node_modules/@img/sharp-wasm32/lib/*.wasm, which may be replaced by a build of\nyour own. Source and build scripts: https://github.com/lovell/sharp (npm/wasm32) and\nhttps://github.com/libvips/libvips. Versions:\n${list.join('\n')}`,
    readme.slice(Math.max(0, readme.indexOf('## Licensing'))).trim(),
    ...texts.map((text) => text.trim()),
  ].join('\n\n');
}
