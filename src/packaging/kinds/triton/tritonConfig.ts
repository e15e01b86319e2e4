import { pictureShape, type ModelContract } from '../../../contract/modelContract.ts';
import type { TensorInfo } from '../../read/detection.ts';

/** Pictures in one request, and together in one run of the model, where the graph takes as many as one likes. */
const largestBatch = 16;

/** Name of the file of labels beside config.pbtxt. */
export const labelsFile = 'labels.txt';

/** Triton's names of element types. */
const dataTypes: Readonly<Record<string, string>> = {
  float32: 'TYPE_FP32',
  float16: 'TYPE_FP16',
  float64: 'TYPE_FP64',
  bfloat16: 'TYPE_BF16',
  uint8: 'TYPE_UINT8',
  uint16: 'TYPE_UINT16',
  uint32: 'TYPE_UINT32',
  uint64: 'TYPE_UINT64',
  int8: 'TYPE_INT8',
  int16: 'TYPE_INT16',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
  bool: 'TYPE_BOOL',
  string: 'TYPE_STRING',
};

/** What `config.pbtxt` is made of. */
export interface TritonModel {
  readonly name: string;
  readonly backend: 'onnxruntime' | 'pytorch';
  /** With the batch in front; a free dimension is a name. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Name of the output whose numbers are the labels' probabilities; left out where there are no labels. */
  readonly labelled?: string;
}

/**
 * The text of `config.pbtxt`. Where every input and output has a free batch in front, Triton is told so, and puts requests
 * together; otherwise the dimensions are said in full.
 */
export function tritonConfig({ name, backend, inputs, outputs, labelled }: TritonModel): string {
  const isBatched = [...inputs, ...outputs].every(({ shape }) => shape.length > 1 && isFree(shape[0]));
  const tensor = (info: TensorInfo, more: readonly string[] = []): string => {
    const dims = (isBatched ? info.shape.slice(1) : info.shape).map((size) => (isFree(size) ? -1 : size));
    const fields = [
      `name: ${quoted(info.name)}`,
      `data_type: ${dataTypes[info.type ?? 'float32'] ?? 'TYPE_FP32'}`,
      `dims: [ ${dims.join(', ')} ]`,
      ...more,
    ];
    return `  {\n${fields.map((field) => `    ${field}\n`).join('')}  }`;
  };
  const labels = (info: TensorInfo): readonly string[] =>
    info.name === labelled ? [`label_filename: ${quoted(labelsFile)}`] : [];
  const lines = [
    `name: ${quoted(name)}`,
    `backend: ${quoted(backend)}`,
    `max_batch_size: ${isBatched ? largestBatch : 0}`,
    `input [\n${inputs.map((info) => tensor(info)).join(',\n')}\n]`,
    `output [\n${outputs.map((info) => tensor(info, labels(info))).join(',\n')}\n]`,
    ...(isBatched ? ['dynamic_batching { }'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The names that Triton's backend for PyTorch gives the tensors of TorchScript, which has none itself. */
export const torchScriptNames = { input: 'INPUT__0', output: 'OUTPUT__0' } as const;

/** Input and output of TorchScript, which only the contract tells. */
export function torchScriptTensors({ input, output }: ModelContract): Pick<TritonModel, 'inputs' | 'outputs'> {
  const { type, batch } = input;
  const first = batch === 'free' ? 'batch' : batch;
  return {
    inputs: [{ name: torchScriptNames.input, type, shape: [first, ...pictureShape(input)] }],
    outputs: [
      {
        name: torchScriptNames.output,
        type: type === 'float16' ? 'float16' : 'float32',
        shape: [first, output.classes ?? output.labels?.length ?? 'classes'],
      },
    ],
  };
}

/** Sizes that the graph leaves free and the contract says. */
export function withContractSizes(info: TensorInfo, { input }: ModelContract): TensorInfo {
  if (info.shape.length !== 4 || (input.name !== undefined && input.name !== info.name)) return info;
  const wanted = pictureShape(input);
  const shape = info.shape.map((size, index) => (isFree(size) && index > 0 ? (wanted[index - 1] ?? size) : size));
  return { ...info, shape };
}

/** A name, or what some exporters write for none. */
function isFree(size: number | string | undefined): boolean {
  return typeof size !== 'number' || size <= 0;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
