import type { OnnxEngine } from './engine.ts';

/** The build that runs wherever Node does. */
export const webAssembly: OnnxEngine = {
  id: 'wasm',
  label: 'ONNX Runtime (WebAssembly)',
  sessionOptions: () => ({ executionProviders: ['wasm'] }),
  externalPath: (location) => location,
  load: async (threads) => {
    const runtime = await import('onnxruntime-web');
    runtime.env.wasm.numThreads = threads;
    return runtime;
  },
};
