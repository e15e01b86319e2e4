import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { AnswerDialect, Reading } from './dialect.ts';
import { dictionaryReading } from './dictionary.ts';
import {
  classFields,
  classListFields,
  classOf,
  field,
  isDictionary,
  isNumber,
  isNumbers,
  saidBy,
  single,
  unwrapped,
  valueFields,
  without,
} from './values.ts';

/**
 * An object with the numbers of all classes in one field, and maybe the chosen class in another: TensorFlow Serving's
 * `{"scores": […], "prediction": 0, "key": "1"}` and `{"probabilities": […], "class_ids": [0], "classes": ["0"]}`, sklearn-onnx's
 * `{"label": [1], "probabilities": [{"0": 0.2, "1": 0.8}]}`.
 */
export const namedNumbers: AnswerDialect = {
  name: 'named-numbers',
  read(answer) {
    const value = unwrapped(answer);
    if (!isRecord(value)) return undefined;
    const numbers = field(value, valueFields, (one) => reading(one, 'x') !== undefined);
    if (!numbers) return undefined;
    const read = reading(numbers.value, numbers.name);
    const chosen = read?.form === 'numbers' ? chosenBy(value, numbers.name) : undefined;
    return read && { ...read, ...(chosen && { chosen }) };
  },
};

function reading(value: unknown, name: string): Reading | undefined {
  const said = saidBy(name);
  const inner = single(value);
  if (isNumbers(inner)) return { form: 'numbers', rows: [inner], said };
  if (isNumbers(value)) return { form: 'numbers', rows: [value], said };
  if (isNumber(value) && said !== undefined) return { form: 'numbers', rows: [[value]], said };
  return isDictionary(inner) ? dictionaryReading(inner, said) : undefined;
}

function chosenBy(object: JsonObject, except: string): { label?: string; index?: number } | undefined {
  const rest = without(object, except);
  const isOne = (value: unknown): boolean => classOf(single(value)) !== undefined;
  const found = field(rest, classFields, isOne) ?? field(rest, classListFields, isOne);
  return found && classOf(single(found.value));
}
