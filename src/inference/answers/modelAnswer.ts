import { parseV1Response, parseV2Outputs } from '../../kserve/index.ts';
import type { OutputTensor } from '../../kserve/index.ts';
import type { ModelAnswer } from './answer.ts';
import { numberInText } from './dialects/values.ts';

/**
 * Takes an answer apart by its protocol.
 * @param text the body of a successful answer
 * @throws ModelDeckError `server` when it is not of the protocol
 */
export function modelAnswer(text: string, protocol: 'v1' | 'v2'): ModelAnswer {
  if (protocol === 'v1') return { values: parseV1Response(text), tensors: [], text };
  const tensors = parseV2Outputs(text);
  const values = heldValues(tensors);
  return values ? { values, tensors: [], text } : { values: [], tensors: tensors.map(withNumbers), text };
}

/** BYTES that hold numbers as texts, `["0.9", "0.1"]`, are numbers. */
function withNumbers(tensor: OutputTensor): OutputTensor {
  if (tensor.datatype !== 'BYTES' || tensor.data.length === 0) return tensor;
  const numbers = tensor.data.map((one) => (typeof one === 'string' ? numberInText(one) : undefined));
  return numbers.every((one) => one !== undefined) ? { ...tensor, datatype: 'FP64', data: numbers } : tensor;
}

/**
 * Objects, or JSON texts of objects and lists, that BYTES outputs hold: TorchServe writes an output for each image, MLServer's
 * Hugging Face runtime an element for each class.
 */
function heldValues(tensors: readonly OutputTensor[]): readonly unknown[] | undefined {
  const elements = tensors.flatMap(({ data }) => data);
  const holdJson =
    elements.length > 0 && elements.every((one) => (typeof one === 'string' ? isJson(one) : isObject(one)));
  return holdJson ? elements : undefined;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
