import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Detection, Finding } from '../../packaging/read/detection.ts';

/** Why a folder is not packaged, by the errors among what was found; undefined when there are none. */
export function refusalOf(folder: string, findings: readonly Finding[]): ModelDeckError | undefined {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first, ...others] = errors;
  if (first === undefined) return undefined;
  const summary = `${path.basename(folder)} was not packaged: ${first.message}`;
  const { location } = first;
  // What has no place cannot be looked up under Problems.
  const placeless = others.filter((finding) => finding.location === undefined);
  const listed = others.length - placeless.length;
  const more = [
    ...placeless.map(({ message, remedy }) => `${message} ${remedy}`),
    ...(listed > 0 ? [`${listed} more ${listed === 1 ? 'is' : 'are'} listed under Problems.`] : []),
  ];
  return new ModelDeckError('invalid-input', summary, {
    remedy: [first.remedy, ...more].join(' '),
    ...(location && { location }),
    nextStep: location === undefined ? { kind: 'retry' } : { kind: 'open-file', location },
  });
}

/** What is in a folder that has no weights to package, file by file. */
export function nothingToPackage(detection: Detection): ModelDeckError {
  const found = detection.weights.map((weights) => `${weights.path}: ${weights.explanation}`).join(' ');
  const limit = detection.limit === undefined ? '' : ` ${detection.limit}`;
  const hostile = detection.weights.some((weights) => weights.kind === 'hostile-pickle');
  return new ModelDeckError(
    hostile ? 'hostile' : detection.weights.length > 0 ? 'unsupported' : 'not-found',
    `${path.basename(detection.folder)} holds nothing that can be packaged. ${found || 'There are no weights in it.'}${limit}`,
    {
      remedy: hostile
        ? 'Do not open it with PyTorch either. Get the model from a source that you trust, or as ONNX.'
        : 'A model folder has an ONNX file, a TorchScript file, or a state_dict (.pt, .pth) together with the Python file of its class.',
      location: { path: detection.folder },
      nextStep: { kind: 'reveal-file', path: detection.folder },
    },
  );
}
