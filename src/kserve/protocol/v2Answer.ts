import { bytesOfElements, bytesOfNumbers, plainNumbers, type TensorNumbers } from './v2Datatypes.ts';

/** An output of a server's answer. */
export type AnswerTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  /** As bytes after the JSON. */
  readonly isBinary?: boolean;
} & (
  | { readonly datatype: 'BYTES'; readonly data: readonly string[] }
  | { readonly datatype: string; readonly data: TensorNumbers }
);

export interface V2Answer {
  /** The request's id; one is made up when the request had none. */
  readonly id?: string;
  readonly modelName: string;
  readonly modelVersion?: string;
  readonly outputs: readonly AnswerTensor[];
}

/**
 * The body of a successful V2 answer.
 * @returns `jsonLength`, the value of the header Inference-Header-Content-Length, when an output is binary
 */
export function v2Answer(answer: V2Answer): { readonly body: string | Uint8Array; readonly jsonLength?: number } {
  const raw: Uint8Array[] = [];
  const outputs = answer.outputs.map((output) => {
    const { name, datatype, shape } = output;
    const face = { name, datatype, shape };
    if (output.isBinary !== true) return { ...face, data: jsonData(output) };
    const bytes = isTexts(output.data) ? bytesOfElements(output.data) : bytesOfNumbers(output.data);
    raw.push(bytes);
    return { ...face, parameters: { binary_data_size: bytes.length } };
  });
  const json = JSON.stringify({
    id: answer.id ?? globalThis.crypto.randomUUID(),
    model_name: answer.modelName,
    ...(answer.modelVersion !== undefined && { model_version: answer.modelVersion }),
    outputs,
  });
  if (raw.length === 0) return { body: json };
  const head = Buffer.from(json);
  return { body: Buffer.concat([head, ...raw]), jsonLength: head.length };
}

function jsonData({ datatype, data }: AnswerTensor): readonly unknown[] {
  if (isTexts(data)) return data;
  const numbers = Array.from(plainNumbers(data, datatype));
  return datatype === 'BOOL' ? numbers.map(Boolean) : numbers;
}

function isTexts(data: AnswerTensor['data']): data is readonly string[] {
  return Array.isArray(data);
}
