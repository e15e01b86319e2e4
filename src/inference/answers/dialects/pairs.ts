import type { AnswerKnowledge, ModelAnswer } from '../answer.ts';
import { knownLabels } from '../meaning/meaning.ts';
import type { AnswerDialect, NamedReading } from './dialect.ts';
import { isClassIndex, isNumber, isNumbers, isPair, unwrapped } from './values.ts';

/**
 * `[["tabby", 0.9], ["lynx", 0.1]]`, as TensorFlow Serving's classify and some handlers write, in either order; `[[281, 0.9], …]`
 * by index; one pair alone; and the labels and their numbers as two lists.
 */
export const pairs: AnswerDialect = {
  name: 'pairs',
  read(answer, knowledge) {
    const value = unwrapped(answer);
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const list = (isPair(value) || isTurnedPair(value) ? [value] : value) as readonly unknown[];
    if (list.every(isPair)) return named(list.map(([label, number]) => ({ label, value: number })));
    if (list.every(isTurnedPair)) return named(list.map(([number, label]) => ({ label, value: number })));
    return twoLists(list) ?? byIndex(list, answer, knowledge);
  },
};

function named(values: NamedReading['values']): NamedReading {
  return { form: 'named', values };
}

function isTurnedPair(value: unknown): value is readonly [number, string] {
  return Array.isArray(value) && isPair((value as unknown[]).toReversed());
}

/** `[["tabby", "lynx"], [0.9, 0.1]]` */
function twoLists([labels, numbers, ...others]: readonly unknown[]): NamedReading | undefined {
  if (others.length > 0 || !isTexts(labels) || !isNumbers(numbers) || labels.length !== numbers.length)
    return undefined;
  return named(labels.map((label, place) => ({ label, value: numbers[place] as number })));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

/** Rows of two numbers are pairs only when the first ones can be nothing but different class numbers. */
function byIndex(
  list: readonly unknown[],
  { text }: ModelAnswer,
  knowledge: AnswerKnowledge,
): NamedReading | undefined {
  if (!list.every(isIndexPair)) return undefined;
  const indices = list.map(([index]) => index);
  const differ = new Set(indices).size === indices.length;
  const areFractions = list.every(([, number]) => number >= 0 && number <= 1 && !Number.isInteger(number));
  if (!differ || !areFractions || !areWrittenWhole(text, list.length)) return undefined;
  const reading = named(list.map(([index, value]) => ({ index, value })));
  const labels = knownLabels(knowledge);
  // Two numbers for each of several pictures would look the same.
  const mayBeRows = indices.every((index) => index <= 1) && (labels === undefined || labels.length === 2);
  if (!mayBeRows) return reading;
  return {
    ...reading,
    notes: ['Assumed: pairs of a class number and its probability, as the class numbers are written without a point.'],
  };
}

function isIndexPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && isClassIndex(value[0]) && isNumber(value[1]);
}

/** `[0, 0.75]` begins with a class number, `[0.0, 0.75]` with a number of some kind: Python keeps the two apart. */
function areWrittenWhole(text: string, count: number): boolean {
  return (text.match(/\[\s*\d+\s*,/g) ?? []).length >= count;
}
