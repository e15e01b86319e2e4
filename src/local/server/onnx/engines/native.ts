import type { OnnxEngine } from './engine.ts';

/**
 * The build for this system and processor, five times as fast as WebAssembly. It is in the packages of the extension that are made
 * for one platform, and not in the one for all.
 */
export const native: OnnxEngine = {
  id: 'native',
  label: 'ONNX Runtime (native)',
  sessionOptions: (threads) => ({
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    // Waiting in a loop doubles the processor's time for a picture (measured), which the editor beside it needs.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }),
  // A `./` is taken off the name that is given, and not off the graph's.
  externalPath: (location) => `./${location}`,
  load: async () => import('onnxruntime-node'),
};
