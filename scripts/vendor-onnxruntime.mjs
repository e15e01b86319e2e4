// Puts the part of onnxruntime-web that Node needs into dist/node_modules: 3 files of the package's 90.
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { vendorBundle } from './vendor-sharp.mjs';

/** The build without WebGPU and JSPI, which Node has not; the script starts the threads, so it must stay a file. */
const wasmFiles = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/**
 * @param {{root: string, dist: string}} folders of the project, and of the build
 * @returns {Promise<{packages: string[], metafiles: import('esbuild').Metafile[]}>} what is shipped now, for the notices
 */
export async function vendorOnnxRuntime({ root, dist }) {
  const source = path.join(root, 'node_modules', 'onnxruntime-web');
  const folder = path.join(dist, 'node_modules', 'onnxruntime-web');
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const metafile = await vendorBundle({
    root,
    folder,
    entry: path.join(source, 'dist', 'ort.node.min.js'),
    outfile: path.join('dist', 'ort.node.min.js'),
    packageJson: { name: 'onnxruntime-web', version, main: 'dist/ort.node.min.js' },
  });
  await Promise.all(
    wasmFiles.map((file) => copyFile(path.join(source, 'dist', file), path.join(folder, 'dist', file))),
  );
  return { packages: [], metafiles: [metafile] };
}
