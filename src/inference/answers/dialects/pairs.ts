import type { AnswerDialect } from './dialect.ts';
import { isClassIndex, isNumber, isPair, unwrapped } from './values.ts';

/** `[["tabby", 0.9], ["lynx", 0.1]]`, as TensorFlow Serving's classify and some handlers write; `[[281, 0.9], …]` by index. */
export const pairs: AnswerDialect = {
  name: 'pairs',
  read(answer) {
    const value = unwrapped(answer);
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const list = value as readonly unknown[];
    if (list.every(isPair)) {
      return { form: 'named', values: list.map(([label, number]) => ({ label, value: number })) };
    }
    if (!list.every(isIndexPair) || !areIndices(list)) return undefined;
    return { form: 'named', values: list.map(([index, number]) => ({ index, value: number })) };
  },
};

function isIndexPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && isClassIndex(value[0]) && isNumber(value[1]);
}

/** Rows of two numbers are pairs only when the first ones can be nothing but different class numbers. */
function areIndices(list: readonly (readonly [number, number])[]): boolean {
  const indices = list.map(([index]) => index);
  const differ = new Set(indices).size === indices.length;
  return differ && list.every(([, number]) => number >= 0 && number <= 1 && !Number.isInteger(number));
}
