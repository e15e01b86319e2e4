import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { AnswerDialect, Reading } from './dialect.ts';
import { dictionaryReading } from './dictionary.ts';
import {
  classFields,
  classListFields,
  classOf,
  field,
  isClassIndex,
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
    const numbers = field(value, valueFields, (one) => reading(one, '') !== undefined);
    if (!numbers) return onlyNumber(value);
    const read = reading(numbers.value, numbers.name);
    const chosen = read?.form === 'numbers' ? chosenBy(value, numbers.name) : undefined;
    return read && { ...read, ...(chosen && { chosen }) };
  },
};

/** Several numbers; one alone is what {@link onlyNumber} finds. */
function reading(value: unknown, name: string): Reading | undefined {
  const said = saidBy(name);
  const inner = single(value);
  if (isNumbers(inner)) return { form: 'numbers', rows: [inner], said };
  if (isNumbers(value)) return { form: 'numbers', rows: [value], said };
  return isDictionary(inner) ? dictionaryReading(inner, said) : undefined;
}

/** `{"probability": 0.9}` is one number, not a class of that name; `{"cat": 0.9, "value": 0.1}` are two classes. */
function onlyNumber(object: JsonObject): Reading | undefined {
  const isAlone = Object.values(object).filter(isNumber).length === 1;
  const found = isAlone ? field(object, valueFields, isNumber) : undefined;
  const isCounted = found && isClassIndex(found.value) && field(object, classFields, isClassIndex) !== undefined;
  if (!found || isCounted) return undefined;
  return { form: 'numbers', rows: [[found.value as number]], said: saidBy(found.name) };
}

function chosenBy(object: JsonObject, except: string): { label?: string; index?: number } | undefined {
  const rest = without(object, except);
  const isOne = (value: unknown): boolean => classOf(single(value)) !== undefined;
  const found = field(rest, classFields, isOne) ?? field(rest, classListFields, isOne);
  return found && classOf(single(found.value));
}
