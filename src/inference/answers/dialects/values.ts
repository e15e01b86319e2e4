import { isRecord, jsonIn, own, type JsonObject } from '../../../foundation/json.ts';
import type { AnswerKnowledge, ClassValue, ModelAnswer } from '../answer.ts';
import type { Said } from './dialect.ts';

/** Deepest wrapping that is taken off: an answer may be a text in a list in a list. */
const deepestWrap = 8;
/** Fields that hold nothing but the answer itself. */
const wrappers: readonly string[] = ['predictions', 'outputs', 'output', 'results', 'result', 'response', 'data'];

const known = new WeakMap<ModelAnswer, unknown>();

/**
 * The answer for one picture: JSON texts, lists of one and fields that only wrap it are taken off, and numbers that are written as
 * texts are numbers. Undefined for plain tensors.
 */
export function unwrapped(answer: ModelAnswer): unknown {
  if (answer.values.length === 0) return undefined;
  if (known.has(answer)) return known.get(answer);
  let inner: unknown = answer.values;
  for (let depth = 0; depth < deepestWrap; depth++) {
    const next = withoutWrap(inner);
    if (next === undefined) break;
    inner = next;
  }
  const read = withNumbers(inner, deepestWrap);
  known.set(answer, read);
  return read;
}

/**
 * What a text says as a number: `"0.93"`, `"93 %"`, `"NaN"`. Whole numbers are left alone, because classes are named so.
 * @returns undefined for every other text
 */
export function numberInText(text: string): number | undefined {
  const [, sign = '', digits, percent] =
    /^\s*([+-]?)(\d*\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d+(?=\s*%))\s*(%?)\s*$/i.exec(text) ?? [];
  if (digits !== undefined) return Number(sign + digits) / (percent === '%' ? 100 : 1);
  return /^\s*[+-]?(nan|inf(inity)?)\s*$/i.test(text) ? Number.NaN : undefined;
}

function withNumbers(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return numberInText(value) ?? value;
  if (depth === 0) return value;
  if (Array.isArray(value)) {
    // Most lists are long and hold numbers already.
    return value.every(isNumber) ? value : value.map((one) => withNumbers(one, depth - 1));
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, one]) => {
    const isOfClasses = classFields.has(plain(name)) || classListFields.has(plain(name));
    return [name, isOfClasses ? one : withNumbers(one, depth - 1)] as const;
  });
  return Object.fromEntries(entries);
}

function withoutWrap(value: unknown): unknown {
  if (typeof value === 'string') return parsedText(value);
  if (Array.isArray(value)) {
    const items = value as unknown[];
    if (items.length > 1 && items.every((item) => typeof item === 'string' && parsedText(item) !== undefined)) {
      return items.map((item) => parsedText(item as string));
    }
    return items.length === 1 && isWrapped(items[0]) ? items[0] : undefined;
  }
  if (!isRecord(value)) return undefined;
  const [name, ...others] = Object.keys(value).filter((key) => wrappers.includes(key));
  if (name === undefined || others.length > 0) return undefined;
  const inner = own(value, name);
  const isAlone = Object.entries(value).every(([key, one]) => key === name || isRemark(key, one));
  return isAlone && (Array.isArray(inner) || isRecord(inner)) ? inner : undefined;
}

/** What is said beside an answer and is no part of it: `"status": "ok"`. */
function isRemark(name: string, value: unknown): boolean {
  const isPlain = typeof value !== 'object' || value === null;
  return isPlain && !classFields.has(plain(name)) && !valueFields.has(plain(name));
}

/** `[["tabby", 0.9]]` is a list of one pair, and `[0.9]` a list of one number: neither is wrapped. */
function isWrapped(value: unknown): boolean {
  if (typeof value === 'string') return parsedText(value) !== undefined;
  return Array.isArray(value) ? !isPair(value) : isRecord(value);
}

/** What a JSON text holds, when it is an object or a list. */
function parsedText(text: string): unknown {
  return /^\s*[[{]/.test(text) ? jsonIn(text) : undefined;
}

/** `["tabby", 0.9]`, or `[281, 0.9]` with a class number. */
export function isPair(value: unknown): value is readonly [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [name, number] = value as unknown[];
  return typeof name === 'string' && isNumber(number);
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isNumber);
}

export function isClassIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A dictionary of numbers, at least one. */
export function isDictionary(value: unknown): value is Readonly<Record<string, number>> {
  if (!isRecord(value)) return false;
  const numbers = Object.values(value);
  return numbers.length > 0 && numbers.every(isNumber);
}

/** Whether a field holds a class or its number, by the names that servers give to those. */
export function isAnswerField(name: string): boolean {
  return [classFields, classListFields, valueFields].some((names) => names.has(plain(name)));
}

/** The first of these fields that the object has, with its name; names are compared without case, `_` and `-`. */
export function field(
  object: JsonObject,
  names: ReadonlySet<string>,
  fits: (value: unknown) => boolean,
): { readonly name: string; readonly value: unknown } | undefined {
  const keys = Object.keys(object);
  for (const wanted of names) {
    const name = keys.find((key) => plain(key) === wanted);
    if (name !== undefined && fits(object[name])) return { name, value: object[name] };
  }
  return undefined;
}

/** The object without one of its fields. */
export function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\-\s]/g, '');
}

/** Names under which servers write which class it is, the plainest first. */
export const classFields: ReadonlySet<string> = new Set([
  ...['label', 'classname', 'class', 'displayname', 'tagname', 'category', 'name', 'tag'],
  ...['predictedlabel', 'predictedclass', 'prediction', 'predicted', 'top1'],
  ...['classid', 'classindex', 'classidx', 'labelid', 'index', 'id'],
]);

/** Names of lists of the same. */
export const classListFields: ReadonlySet<string> = new Set([
  ...['allclasses', 'labels', 'classnames', 'classes', 'displaynames', 'categories', 'names', 'tags', 'label', 'class'],
  ...['classids', 'allclassids', 'indices', 'indexes', 'ids', 'index'],
]);

/** Names under which servers write a number for a class, those that say what it is first. */
export const valueFields: ReadonlySet<string> = new Set([
  ...['probability', 'probabilities', 'probs', 'prob', 'proba', 'softmax', 'confidence', 'confidences', 'conf'],
  ...['score', 'scores', 'value', 'values', 'logits', 'logit', 'predictions', 'prediction', 'output', 'outputs'],
]);

/** What a name for numbers says about them; `score` is used for either. */
export function saidBy(name: string): Said | undefined {
  if (/prob|softmax|conf/i.test(name)) return 'probabilities';
  return /logit/i.test(name) ? 'scores' : undefined;
}

/** A class as a server names it: a text is its label, a whole number its index. */
export function classOf(value: unknown): Pick<ClassValue, 'label' | 'index'> | undefined {
  if (typeof value === 'string' && value.trim() !== '') return { label: value };
  return isClassIndex(value) ? { index: value } : undefined;
}

/** The value itself, or the only element of a list. */
export function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
}

/** Words for more answers than there were pictures; none for as many. */
export function severalAnswers(count: number, { pictures = 1 }: AnswerKnowledge): readonly string[] {
  return count <= pictures ? [] : [`The server gave ${count} answers for one image; the first is shown.`];
}
