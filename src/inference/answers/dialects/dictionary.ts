import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { AnswerKnowledge } from '../answer.ts';
import { knownLabels } from '../meaning/meaning.ts';
import type { AnswerDialect, NamedReading, Said } from './dialect.ts';
import {
  classFields,
  field,
  isClassIndex,
  isDictionary,
  isNumber,
  severalAnswers,
  unwrapped,
  valueFields,
} from './values.ts';

/**
 * `{"tabby": 0.9, "lynx": 0.1}`: TorchServe's image classifier, and our own server and handlers. What stands beside the classes
 * (times, codes, texts) is left out, and said.
 */
export const dictionary: AnswerDialect = {
  name: 'dictionary',
  read(answer, knowledge) {
    const value = unwrapped(answer);
    if (isRecord(value)) return readDictionary(value, knowledge);
    if (!Array.isArray(value) || value.length < 2 || !value.every(isRecord)) return undefined;
    const [first] = value as readonly JsonObject[];
    const reading = first && readDictionary(first, knowledge);
    return reading && { ...reading, notes: [...severalAnswers(value.length, knowledge), ...(reading.notes ?? [])] };
  },
};

function readDictionary(object: JsonObject, knowledge: AnswerKnowledge): NamedReading | undefined {
  const { classes, others } = apart(object, knowledge);
  if (!isDictionary(classes) || isChosenClass(classes)) return undefined;
  const left = others.map((name) => `"${name}"`).join(', ');
  const note = `Left out, because no class is called so: ${left}.`;
  return { ...dictionaryReading(classes), ...(others.length > 0 && { notes: [note] }) };
}

/** Names of numbers that are about the answer: `inference_time`, `latencyMs`, `status_code`. */
const remarks =
  /(^|[_\s-]|(?<=[a-z])(?=[A-Z]))(time|latency|duration|elapsed|ms|millis(econds)?|sec(onds)?|timestamp|code|status|version|threshold|batch(_?size)?|count|width|height)$/i;

/** The fields that are classes: those that are known as labels, where any is; else the numbers whose names are no remark. */
function apart(
  object: JsonObject,
  knowledge: AnswerKnowledge,
): { readonly classes: Readonly<Record<string, unknown>>; readonly others: readonly string[] } {
  const labels = new Set(knownLabels(knowledge));
  const numbers = Object.entries(object).map(([name, value]) => [name, numberOf(value)] as const);
  const areLabels = numbers.filter(([name, value]) => isNumber(value) && labels.has(name)).length > 1;
  const isClass = ([name, value]: readonly [string, unknown]): boolean =>
    isNumber(value) && (areLabels ? labels.has(name) : !remarks.test(name));
  const others = numbers.filter((entry) => !isClass(entry)).map(([name]) => name);
  const classes = numbers.filter(isClass);
  // A single number beside other things may be anything.
  if (others.length > 0 && classes.length < 2) return { classes: Object.fromEntries(numbers), others: [] };
  return { classes: Object.fromEntries(classes), others };
}

/** `{"tabby": {"score": 0.9}}` is as good as the number. */
function numberOf(value: unknown): unknown {
  return isRecord(value) && Object.keys(value).length === 1 ? field(value, valueFields, isNumber)?.value : value;
}

/** `{"prediction": 2}` names the class; nothing is called "prediction". */
function isChosenClass(value: Readonly<Record<string, number>>): boolean {
  return Object.keys(value).length === 1 && field(value, classFields, isClassIndex) !== undefined;
}

/** Keys that are whole numbers may be class indices: see `meaning/named.ts`. */
export function dictionaryReading(value: Readonly<Record<string, number>>, said?: Said): NamedReading {
  return { form: 'named', values: Object.entries(value).map(([label, number]) => ({ label, value: number })), said };
}
