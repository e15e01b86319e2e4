// Puts the parts of ONNX Runtime that are shipped into dist/node_modules: of onnxruntime-web 3 files of the package's 90, and of
// onnxruntime-node the build for one platform, where the package is made for one.
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { vendorBundle } from './vendor-sharp.mjs';

/** The build without WebGPU and JSPI, which Node has not; the script starts the threads, so it must stay a file. */
const wasmFiles = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/**
 * The platforms of VS Code for which ONNX Runtime has a native build, and its files: macOS has its library twice, and Windows
 * DirectML beside it, which is loaded late and only for a GPU. WebAssembly goes along for computers where the native build
 * cannot be loaded, but on x64 of Linux: there it would not fit the budget, and VS Code itself needs the same C library.
 */
export const nativeTargets = {
  'linux-x64': { libraries: ['libonnxruntime.so.1'], hasWebAssembly: false },
  'linux-arm64': { libraries: ['libonnxruntime.so.1'], hasWebAssembly: true },
  'win32-x64': { libraries: ['onnxruntime.dll'], hasWebAssembly: true },
  'win32-arm64': { libraries: ['onnxruntime.dll'], hasWebAssembly: true },
  'darwin-arm64': { libraries: ['libonnxruntime.1.dylib'], hasWebAssembly: true },
};

/** The target that this computer is; `universal` where there is no native build for it. */
export function ownTarget() {
  const own = `${process.platform}-${process.arch}`;
  return own in nativeTargets ? own : 'universal';
}

/**
 * @param {{root: string, dist: string, target: string, isPackage: boolean}} options folders of the project and of the build; one of
 *   {@link nativeTargets}, or `universal`; whether only what a package has room for is wanted
 * @returns {Promise<{packages: string[], metafiles: import('esbuild').Metafile[]}>} what is shipped now, for the notices
 */
export async function vendorOnnxRuntime({ root, dist, target, isPackage }) {
  const known = nativeTargets[target];
  if (known === undefined && target !== 'universal') throw new Error(`There is no native ONNX Runtime for ${target}.`);
  const native = await vendorNative({ root, dist, target, libraries: known?.libraries ?? [] });
  const hasWebAssembly = known === undefined || known.hasWebAssembly || !isPackage;
  const webAssembly = await vendorWebAssembly({ root, dist, hasWebAssembly });
  return { packages: [], metafiles: [...native, ...webAssembly] };
}

async function vendorWebAssembly({ root, dist, hasWebAssembly }) {
  const name = 'onnxruntime-web';
  if (!hasWebAssembly) {
    await rm(path.join(dist, 'node_modules', name), { recursive: true, force: true });
    return [];
  }
  const { metafile, source, folder } = await bundled({ root, dist, name, main: 'dist/ort.node.min.js' });
  await Promise.all(
    wasmFiles.map((file) => copyFile(path.join(source, 'dist', file), path.join(folder, 'dist', file))),
  );
  return [metafile];
}

async function vendorNative({ root, dist, target, libraries }) {
  const name = 'onnxruntime-node';
  await rm(path.join(dist, 'node_modules', name), { recursive: true, force: true });
  if (libraries.length === 0) return [];
  const plugins = [bindingAsFile];
  const { metafile, source, folder } = await bundled({ root, dist, name, main: 'dist/index.js', plugins });
  const place = path.join('bin', 'napi-v6', ...target.split('-'));
  await mkdir(path.join(folder, place), { recursive: true });
  const files = ['onnxruntime_binding.node', ...libraries];
  await Promise.all(files.map((file) => copyFile(path.join(source, place, file), path.join(folder, place, file))));
  return [metafile];
}

/** A package of node_modules whose main file is bundled, at the same path. */
async function bundled({ root, dist, name, main, plugins = [] }) {
  const source = path.join(root, 'node_modules', name);
  const folder = path.join(dist, 'node_modules', name);
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const metafile = await vendorBundle({
    root,
    folder,
    entry: path.join(source, ...main.split('/')),
    outfile: path.join(...main.split('/')),
    packageJson: { name, version, main },
    plugins,
  });
  return { metafile, source, folder };
}

/** The binding is chosen by platform when it is loaded, and stays a file. */
const bindingAsFile = {
  name: 'binding-as-file',
  setup(build) {
    build.onLoad({ filter: /[\\/]onnxruntime-node[\\/]dist[\\/]binding\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      // Written so, esbuild does not look for the files.
      const contents = text.replace(/require\((`\.\.\/bin\/[^`]*`)\)/, 'require([$1].join())');
      if (contents === text) throw new Error('onnxruntime-node loads its binding in another way than was known.');
      return { contents };
    });
  },
};
