import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { ClassValue } from '../answer.ts';
import type { AnswerDialect, NamedReading } from './dialect.ts';
import {
  classFields,
  classOf,
  field,
  isNumber,
  saidBy,
  severalAnswers,
  unwrapped,
  valueFields,
  without,
} from './values.ts';

/**
 * An object for each class: `{"label": "tabby", "score": 0.9}` (Hugging Face, MLServer), `{"class_id": 1, "probability": 0.9}`,
 * `{"tagName": …, "probability": …}` (Custom Vision). One alone is the class that the server chose.
 */
export const labelScores: AnswerDialect = {
  name: 'label-scores',
  read(answer, knowledge) {
    const value = unwrapped(answer);
    if (isRecord(value)) return readHeld(value) ?? readList([value]);
    if (!Array.isArray(value)) return undefined;
    const rows = value as unknown[];
    const [first] = rows;
    if (!Array.isArray(first) || !rows.every((row) => Array.isArray(row))) return readList(rows);
    const reading = readList(first);
    return reading && { ...reading, notes: severalAnswers(rows.length, knowledge) };
  },
};

/** `{"label": "tabby", "confidences": [{"label": …, "confidence": …}, …]}` (Gradio), `{"classifications": […]}`: the list in the only field that has one. */
function readHeld(object: JsonObject): NamedReading | undefined {
  const lists = Object.values(object).flatMap((value) => {
    const reading = Array.isArray(value) ? readList(value as readonly unknown[]) : undefined;
    return reading ? [reading] : [];
  });
  return lists.length === 1 ? lists[0] : undefined;
}

function readList(items: readonly unknown[]): NamedReading | undefined {
  if (items.length === 0) return undefined;
  const read = items.map((item) => (isRecord(item) ? readOne(item) : undefined));
  if (!read.every((one) => one !== undefined)) return undefined;
  const [first] = read;
  return { form: 'named', values: read.map(({ value }) => value), ...(first?.said && { said: first.said }) };
}

function readOne(
  item: JsonObject,
): { readonly value: ClassValue & { readonly value: number }; readonly said: NamedReading['said'] } | undefined {
  const number = field(item, valueFields, isNumber);
  if (!number) return undefined;
  const named = field(without(item, number.name), classFields, (value) => classOf(value) !== undefined);
  const which = named && classOf(named.value);
  return which && { value: { ...which, value: number.value as number }, said: saidBy(number.name) };
}
