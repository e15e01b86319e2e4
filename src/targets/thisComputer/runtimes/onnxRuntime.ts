import { ModelDeckError } from '../../../foundation/error.ts';
import { requireManifest } from '../../../packaging/index.ts';
import type { LocalModel, LocalRuntime } from './localRuntime.ts';

const label = 'ONNX Runtime';

/** ONNX Runtime, which we bring: for an ONNX graph that says how an image becomes its input. */
export const onnxRuntime: LocalRuntime = {
  id: 'onnx',
  label,
  imageEncoding: 'original',
  // Nothing is gained by less: a photo of 100 megapixels is sent as it is.
  maxRequestBytes: 64 * 1024 * 1024,
  serves: (model) => {
    if (!isOnnx(model) || model.contents.contract === undefined) {
      return Promise.resolve({ whyNot: notForIt(model) });
    }
    return Promise.resolve({
      runtime: label,
      reason: 'The archive holds an ONNX graph and its contract; no Python is needed.',
      engine: () => Promise.resolve({ kind: 'onnx' as const }),
    });
  },
};

/** Whether the weights of a package are an ONNX graph. */
export function isOnnx({ contents }: LocalModel): boolean {
  return (requireManifest(contents).model.serializedFile ?? '').toLowerCase().endsWith('.onnx');
}

function notForIt(model: LocalModel): ModelDeckError {
  const what = isOnnx(model) ? 'has no contract.json beside its ONNX graph' : 'holds no ONNX graph';
  return new ModelDeckError('unsupported', `${model.name} ${what}, so that ONNX Runtime alone cannot serve it.`);
}
