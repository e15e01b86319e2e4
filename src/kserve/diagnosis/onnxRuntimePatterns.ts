import type { LogPattern } from './logPatterns.ts';

/** What ONNX Runtime says, in whatever server it runs: Triton, MLServer, or a handler of TorchServe. */
export const onnxRuntimePatterns: readonly LogPattern[] = [
  {
    code: 'onnx-version',
    category: 'unsupported',
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    summary: ([, has, most], name) =>
      `The ONNX graph of ${name} is of IR version ${has ?? ''}, and the ONNX Runtime of its server knows ${most ?? ''} at most.`,
    remedy:
      'Package the model again for this server: Model Deck lowers the IR version where the opset allows it; else use an image with a newer ONNX Runtime.',
  },
  {
    code: 'onnx-version',
    category: 'unsupported',
    pattern: /Opset (\d+) is under development[^\n]*? is till opset (\d+)/,
    summary: ([, has, most], name) =>
      `The ONNX graph of ${name} has opset ${has ?? ''}, and the ONNX Runtime of its server knows ${most ?? ''} at most.`,
    remedy: 'Export the model with an older opset, or use an image with a newer ONNX Runtime.',
  },
  {
    code: 'operator-unknown',
    category: 'unsupported',
    pattern: /Fatal error: (\S+) is not a registered |Could not find an implementation for (\S+) node/,
    summary: ([, unknown, unmade], name) =>
      `The ONNX graph of ${name} has the operator ${(unknown ?? unmade ?? '').replace(/\(-?\d+\)$/, '')}, which the ONNX Runtime of its server does not have.`,
    remedy: 'Export the model without that operator, or use an image whose ONNX Runtime has it.',
  },
  {
    code: 'external-data-missing',
    category: 'not-found',
    pattern:
      /(?:External data path does not exist: |GetFileLength for |cannot get file size: [^\n[]*\[)([^\s\]]+)|External data path validation failed/,
    summary: ([, file], name) =>
      `The ONNX graph of ${name} keeps its weights in a file of their own${file === undefined ? '' : `, ${file}`}, which is not there.`,
    remedy: 'Package and upload the model again, with the file beside the graph.',
  },
  {
    code: 'model-file-missing',
    category: 'not-found',
    pattern: /NO_SUCHFILE : Load model from (\S+) failed|Load model (\S+) failed\. File doesn't exist/,
    summary: ([, from, file], name) => `The ONNX graph of ${name} is not there: ${from ?? file ?? 'model.onnx'}.`,
    remedy: 'Package and upload the model again.',
  },
  {
    code: 'weights-unusable',
    category: 'invalid-input',
    pattern: /INVALID_PROTOBUF|Protobuf parsing failed|ModelProto does not have a graph/,
    summary: (_match, name) => `The ONNX graph of ${name} cannot be read: it is none, or cut off.`,
    remedy: 'Check the file, and package and upload the model again.',
  },
];
