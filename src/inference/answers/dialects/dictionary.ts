import { isRecord } from '../../../foundation/json.ts';
import type { AnswerDialect, NamedReading, Said } from './dialect.ts';
import { classFields, field, isClassIndex, isDictionary, severalAnswers, unwrapped } from './values.ts';

/** `{"tabby": 0.9, "lynx": 0.1}`: TorchServe's image classifier, and our own server and handlers. */
export const dictionary: AnswerDialect = {
  name: 'dictionary',
  read(answer) {
    const value = unwrapped(answer);
    if (isDictionary(value)) return isChosenClass(value) ? undefined : dictionaryReading(value);
    if (!Array.isArray(value) || value.length < 2 || !value.every(isRecord)) return undefined;
    const [first] = value as unknown[];
    const several = severalAnswers(value.length);
    return isDictionary(first) ? { ...dictionaryReading(first), notes: [several] } : undefined;
  },
};

/** `{"prediction": 2}` names the class; nothing is called "prediction". */
function isChosenClass(value: Readonly<Record<string, number>>): boolean {
  return Object.keys(value).length === 1 && field(value, classFields, isClassIndex) !== undefined;
}

/** Keys that are all whole numbers are class indices: that is how servers write classes without labels. */
export function dictionaryReading(value: Readonly<Record<string, number>>, said?: Said): NamedReading {
  const entries = Object.entries(value);
  const areIndices = entries.every(([key]) => /^(0|[1-9]\d{0,8})$/.test(key));
  return {
    form: 'named',
    values: entries.map(([key, number]) => ({
      ...(areIndices ? { index: Number(key) } : { label: key }),
      value: number,
    })),
    said,
  };
}
