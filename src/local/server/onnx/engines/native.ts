import type { OnnxEngine } from './engine.ts';

/**
 * The build for this system and processor, five times as fast as WebAssembly. It is in the packages of the extension that are made
 * for one platform, and not in the one for all.
 */
export const native: OnnxEngine = {
  id: 'native',
  label: 'ONNX Runtime (native)',
  executionProvider: 'cpu',
  // A `./` is taken off the name that is given, and not off the graph's.
  externalPath: (location) => `./${location}`,
  load: async () => import('onnxruntime-node'),
};
