// Builds dist/: the extension, one lazily loaded chunk for each engine, the local server, the pages, and the runtime
// libraries that cannot be bundled.
//   --dev    source maps, nothing minified      --watch  builds again when a source changes
//   --target <platform>  whose native ONNX Runtime goes along, `universal` for none; this computer's when left out
//   --package            only what a package for that platform has room for
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { thirdPartyNotices } from './notices.mjs';
import { ownTarget, vendorOnnxRuntime } from './vendor-onnxruntime.mjs';
import { vendorSharp } from './vendor-sharp.mjs';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const dev = process.argv.includes('--dev');
const watch = process.argv.includes('--watch');
const { values } = parseArgs({ strict: false, options: { target: { type: 'string' }, package: { type: 'boolean' } } });
const target = values.target ?? ownTarget();

/** Folders of src/ that import `vscode` and so are part of extension.js. */
const faces = ['views', 'panel', 'commands'];
const engines = readdirSync(path.join(root, 'src')).filter(
  (name) => !faces.includes(name) && existsSync(path.join(root, 'src', name, 'index.ts')),
);

/** Leaves an engine out of who imports it: `src/<engine>/index.ts` becomes `require('./<engine>.js')`. */
const engineChunks = {
  name: 'engine-chunks',
  setup(build) {
    build.onResolve({ filter: /\/index\.ts$/ }, ({ path: imported, resolveDir, kind, importer }) => {
      const engine = path.relative(path.join(root, 'src'), path.resolve(resolveDir, path.dirname(imported)));
      if (kind === 'entry-point' || !engines.includes(engine)) return undefined;
      const from = path.relative(path.join(root, 'src'), importer).split(path.sep)[0];
      // Only import() loads an engine's own chunk: what describes it to the others is part of them.
      if (from === engine && kind !== 'dynamic-import') return undefined;
      if (kind === 'import-statement' && !engines.includes(from)) {
        return {
          errors: [{ text: `This loads the engine "${engine}" at activation: use import() where it is needed.` }],
        };
      }
      return { path: `./${engine}.js`, external: true };
    });
  },
};

/**
 * Codecs of rare picture formats, each as large as an engine: one file each, which the extension and the local server load
 * when such a picture comes.
 */
const codecs = { geotiff: 'geotiff', 'bmp-ts': 'bmp', '@cornerstonejs/codec-openjpeg/decode': 'jpeg2000' };
const codecChunks = {
  name: 'codec-chunks',
  setup(build) {
    build.onResolve(
      { filter: /^(geotiff|bmp-ts|@cornerstonejs\/codec-openjpeg\/decode)$/ },
      ({ path: library, kind }) =>
        kind === 'entry-point' ? undefined : { path: `./codecs/${codecs[library]}.js`, external: true },
    );
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const host = {
  ...shared,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Names in stack traces and logs stay readable.
  keepNames: true,
  external: ['vscode', 'sharp', 'onnxruntime-node', 'onnxruntime-web'],
  // import() of a chunk becomes require(): the host then finds it beside extension.js, also where it patches require.
  supported: { 'dynamic-import': false },
};
const webview = { ...shared, format: 'iife', platform: 'browser', target: 'chrome124' };

const bundles = [
  { name: 'extension.js', entry: 'src/extension.ts', options: { ...host, plugins: [engineChunks, codecChunks] } },
  ...engines.map((engine) => ({
    name: `${engine}.js`,
    entry: `src/${engine}/index.ts`,
    options: { ...host, plugins: [engineChunks, codecChunks] },
  })),
  // A process of its own: no sharing of chunks, so that it holds only what it uses and starts quickly.
  { name: 'localServer.js', entry: 'src/local/server/main.ts', options: { ...host, plugins: [codecChunks] } },
  ...Object.entries(codecs).map(([library, name]) => ({ name: `codecs/${name}.js`, entry: library, options: host })),
  { name: 'webview/classify.js', entry: 'webview/classify.ts', options: webview },
  { name: 'webview/archive.js', entry: 'webview/archive.ts', options: webview },
  { name: 'webview/plan.js', entry: 'webview/plan.ts', options: webview },
  { name: 'webview/try.js', entry: 'webview/try.ts', options: webview },
];

/** Files of an earlier build go; those that are written again stay until then, for windows that have them open. */
async function removeStale() {
  await mkdir(dist, { recursive: true });
  const wanted = new Set(['node_modules', 'webview', 'codecs', 'test', ...bundles.map(({ name }) => name)]);
  const stale = readdirSync(dist).filter((name) => !wanted.has(name));
  await Promise.all(stale.map((name) => rm(path.join(dist, name), { recursive: true, force: true })));
}

async function build() {
  const started = performance.now();
  await removeStale();
  const present = bundles.filter(({ name, entry }) => {
    const there = entry in codecs || existsSync(path.join(root, entry));
    if (!there) console.log(`dist/${name}: skipped, there is no ${entry}`);
    return there;
  });
  const contexts = await Promise.all(
    present.map(({ name, entry, options }) =>
      esbuild.context({ ...options, entryPoints: [entry], outfile: path.join(dist, name) }),
    ),
  );
  const vendored = await Promise.all([
    vendorSharp({ root, dist }),
    vendorOnnxRuntime({ root, dist, target, isPackage: values.package === true }),
  ]);
  const results = await Promise.all(contexts.map((context) => context.rebuild()));
  const notices = await thirdPartyNotices({
    root,
    metafiles: [...results.map(({ metafile }) => metafile), ...vendored.flatMap(({ metafiles }) => metafiles)],
    packages: vendored.flatMap(({ packages }) => packages),
  });
  await writeFile(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), notices);
  for (const { name } of present) {
    const { size } = await stat(path.join(dist, name));
    console.log(`${`dist/${name}`.padEnd(28)} ${String(Math.ceil(size / 1000)).padStart(6)} KB`);
  }
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    console.log('watching for changes');
  } else {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}

try {
  await build();
} catch (error) {
  // esbuild has printed its own errors.
  if (!Array.isArray(error.errors)) console.error(error.message);
  process.exit(1);
}
