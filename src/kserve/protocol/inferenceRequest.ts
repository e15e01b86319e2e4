import { ModelDeckError } from '../../foundation/error.ts';

/** An encoded image (JPEG, PNG, …), or a tensor that is preprocessed already. */
export type InferenceInput = Uint8Array | InputTensor;

/** One image's tensor without a batch dimension, for example `[3, 224, 224]`, row-major. */
export interface InputTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** KServe answers bad input with 400 and these words in `{"error": …}`. */
export function invalidRequest(words: string, cause?: unknown): ModelDeckError {
  return new ModelDeckError('invalid-input', words, { cause });
}

/** @throws ModelDeckError `invalid-input` in the words of KServe's decoder */
export function parseRequestBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalidRequest(`Unrecognized request format: ${(error as Error).message}`, error);
  }
}

const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Bytes of a base64 text; line breaks in it are allowed, as in Python's decoder.
 * @param where how the field is named in the error, for example `instances[0].data`
 * @throws ModelDeckError `invalid-input`
 */
export function decodeBase64(text: string, where: string): Uint8Array {
  const packed = text.replace(/\s+/g, '');
  if (packed.length === 0) throw invalidRequest(`Expected "${where}" to hold an image, but it is empty`);
  if (!base64Text.test(packed)) throw invalidRequest(`Expected "${where}" to be base64`);
  if (packed.length % 4 !== 0) throw invalidRequest(`Expected "${where}" to be base64: Incorrect padding`);
  return Buffer.from(packed, 'base64');
}

/** Deepest nesting of a tensor: no image model takes more, and recursion stays bounded. */
const maxRank = 8;

/**
 * The numbers of a list that may be nested as its shape is, flat.
 * @throws ModelDeckError `invalid-input` as {@link readNestedTensor} does
 */
export function flatNumbers(list: readonly unknown[], where: string): readonly number[] {
  if (list.some(Array.isArray)) return Array.from(readNestedTensor(list, where).data);
  if (list.length === 0) throw invalidRequest(`Expected "${where}" to hold a tensor, but it is empty`);
  if (!list.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw invalidRequest(`Expected "${where}" to hold numbers only`);
  }
  return list as readonly number[];
}

/**
 * A nested list of numbers as a tensor; its shape is that of its first elements.
 * @throws ModelDeckError `invalid-input` when it is ragged, too deep or holds something other than finite numbers
 */
export function readNestedTensor(list: readonly unknown[], where: string): InputTensor {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = (level as unknown[])[0]) {
    if (shape.length === maxRank) throw invalidRequest(`Expected "${where}" to have at most ${maxRank} dimensions`);
    shape.push(level.length);
  }
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  let filled = 0;
  const fill = (value: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw invalidRequest(`Expected "${where}" to hold numbers only`);
      }
      data[filled++] = value;
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[depth]) {
      throw invalidRequest(`Expected "${where}" to be a tensor whose rows are equally long`);
    }
    for (const item of value as unknown[]) fill(item, depth + 1);
  };
  fill(list, 0);
  if (data.length === 0) throw invalidRequest(`Expected "${where}" to hold a tensor, but it is empty`);
  return { shape, data };
}
