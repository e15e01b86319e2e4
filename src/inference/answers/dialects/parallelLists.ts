import { isRecord } from '../../../foundation/json.ts';
import type { AnswerDialect } from './dialect.ts';
import {
  classListFields,
  classOf,
  field,
  isNumbers,
  saidBy,
  single,
  unwrapped,
  valueFields,
  without,
} from './values.ts';

/**
 * Two lists of one length: `{"labels": ["tabby", …], "scores": [0.9, …]}`, `{"displayNames": […], "confidences": […]}` (Vertex
 * AI), `{"classes": […], "probabilities": […]}`, `{"indices": […], "values": […]}` (top-k).
 */
export const parallelLists: AnswerDialect = {
  name: 'parallel-lists',
  read(answer) {
    const value = unwrapped(answer);
    if (!isRecord(value)) return undefined;
    const inner = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, innermost(one)]));
    const numbers = field(inner, valueFields, isNumbers);
    if (!numbers) return undefined;
    const list = numbers.value as readonly number[];
    const classes = field(without(inner, numbers.name), classListFields, (one) => isClasses(one, list.length));
    if (!classes) return undefined;
    const values = (classes.value as readonly unknown[]).map((one, place) => ({
      ...classOf(one),
      value: list[place] as number,
    }));
    return { form: 'named', values, said: saidBy(numbers.name) };
  },
};

/** `[[0.9, 0.1]]` is the list of one picture. */
function innermost(value: unknown): unknown {
  const inner = single(value);
  return Array.isArray(inner) ? inner : value;
}

function isClasses(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((one) => classOf(one) !== undefined);
}
