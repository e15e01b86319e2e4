import { ModelDeckError } from '../../../foundation/error.ts';
import type { LocalModel, LocalRuntime } from './localRuntime.ts';

const label = 'ONNX Runtime';

/** ONNX Runtime, which we bring: for an ONNX graph that says how an image becomes its input. */
export const onnxRuntime: LocalRuntime = {
  id: 'onnx',
  label,
  imageEncoding: 'original',
  // Nothing is gained by less: a photo of 100 megapixels is sent as it is.
  maxRequestBytes: 64 * 1024 * 1024,
  serves: async (model) => {
    const graph = await model.onnxGraph();
    const { contract, preprocessing } = model.contents;
    if (!graph || (contract === undefined && preprocessing === undefined)) {
      return { whyNot: notForIt(model, graph !== undefined) };
    }
    return {
      runtime: label,
      reason: 'The package holds an ONNX graph and its contract; no Python is needed.',
      engine: () => Promise.resolve({ kind: 'onnx' as const }),
    };
  },
};

function notForIt({ name }: LocalModel, hasGraph: boolean): ModelDeckError {
  const what = hasGraph ? 'has no contract beside its ONNX graph' : 'holds no ONNX graph';
  return new ModelDeckError('unsupported', `${name} ${what}, so that ONNX Runtime alone cannot serve it.`);
}
