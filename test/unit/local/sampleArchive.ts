import path from 'node:path';
import { packageModel } from '../../../src/packaging/index.ts';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';

export const root = path.join(import.meta.dirname, '..', '..', '..');
export const sampleFolder = path.join(root, 'media', 'samples', 'efficientnet-lite0');
export const serverEntry = path.join(root, 'src', 'local', 'server', 'main.ts');
/** How a server's process reads TypeScript. */
export const execArgv = ['--import', 'tsx'];
/** Our server, started from its source. */
export const serverSource = { serverEntry, execPath: process.execPath, execArgv };

/** Packages the sample's real weights into a folder. */
export function packageSample(outputFolder: string, change: Partial<ModelSpec> = {}): Promise<ModelArchive> {
  const spec: ModelSpec = {
    name: 'cats',
    version: '1.0',
    weights: 'efficientnet-lite0.onnx',
    handler: 'model-deck:onnx-image-classifier',
    labels: 'index_to_name.json',
    preprocessing: {
      resize: 256,
      crop: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      layout: 'NCHW',
    },
    ...change,
  };
  return packageModel({ folder: sampleFolder, spec, outputFolder, force: true });
}
