import { parseV1Response, parseV2Outputs } from '../../kserve/index.ts';
import type { OutputTensor } from '../../kserve/index.ts';
import type { ModelAnswer } from './answer.ts';

/**
 * Takes an answer apart by its protocol.
 * @param text the body of a successful answer
 * @throws ModelDeckError `server` when it is not of the protocol
 */
export function modelAnswer(text: string, protocol: 'v1' | 'v2'): ModelAnswer {
  if (protocol === 'v1') return { values: parseV1Response(text), tensors: [], text };
  const tensors = parseV2Outputs(text);
  const values = heldValues(tensors);
  return values ? { values, tensors: [], text } : { values: [], tensors, text };
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
