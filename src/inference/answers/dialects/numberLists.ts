import type { AnswerDialect } from './dialect.ts';
import { notClasses } from './detections.ts';
import { isNumber, isNumbers, unwrapped } from './values.ts';

/** Numbers by class index: `[[0.1, 0.9]]`; more than one list is more than one answer. */
export const numberLists: AnswerDialect = {
  name: 'number-lists',
  read(answer) {
    const value = unwrapped(answer);
    if (isNumber(value)) return { form: 'numbers', rows: [[value]] };
    if (!Array.isArray(value)) return undefined;
    if (isNumbers(value)) return { form: 'numbers', rows: [value] };
    const rows = (value as unknown[]).map(squeezed);
    if (rows.length > 0 && rows.every(isNumbers)) return { form: 'numbers', rows };
    const { shape, first } = shapeOf(value);
    if (shape.length < 3 || !isNumber(first)) return undefined;
    throw notClasses(`numbers of the shape [${shape.join(', ')}]: this may be a detector or a segmenter`);
  },
};

/** Deepest nesting of numbers that is looked into. */
const deepest = 16;

/** `[[[0.1, 0.9]]]` and `[[0.1], [0.9]]` hold one list of two. */
function squeezed(value: unknown): unknown {
  const { shape } = shapeOf(value);
  const isList = shape.length > 0 && shape.length < deepest && shape.filter((size) => size > 1).length <= 1;
  return isList ? (value as unknown[]).flat(deepest) : value;
}

/** Lengths of the first elements, level by level, and what lies at the bottom. */
function shapeOf(value: unknown): { readonly shape: readonly number[]; readonly first: unknown } {
  const shape: number[] = [];
  let first = value;
  for (; Array.isArray(first) && shape.length < deepest; first = (first as unknown[])[0]) shape.push(first.length);
  return { shape, first };
}
