import { ModelDeckError } from '../../../foundation/error.ts';
import type { AnswerKnowledge, ClassValue } from '../answer.ts';
import type { NamedReading } from '../dialects/dialect.ts';
import { areFractions, fraction, knownLabels, sumOf, sumTolerance, withThresholds, type Meaning } from './meaning.ts';
import { binaryMeaning } from './numbers.ts';

type Value = NamedReading['values'][number];

/** What values mean whose classes the server names: they are as the server computed them, so nothing is applied to them. */
export function interpretNamed({ values, said }: NamedReading, knowledge: AnswerKnowledge): Meaning {
  for (const one of values) {
    if (Number.isFinite(one.value)) continue;
    throw new ModelDeckError(
      'server',
      `The model answered with ${one.value} for ${one.label ?? `class ${one.index}`}.`,
    );
  }
  const { values: named, note } = withLabels(values, knowledge);
  const notes = note === undefined ? [] : [note];
  const numbers = values.map(({ value }) => value);
  const meaning = knowledge.contract?.output.meaning;
  if (!areFractions(numbers) || (said === 'scores' && !isFinal(knowledge)) || meaning === 'unknown') {
    return { kind: 'scores', values: named, notes: [...notes, 'These are scores, not probabilities.'] };
  }
  const probabilities = named.map((one) => ({ ...one, value: fraction(one.value) }));
  if (meaning === 'binary') return ofBinary(probabilities, notes, knowledge);
  const isOver = sumOf(numbers) > 1 + sumTolerance;
  const isEach = meaning === 'multi-label' || (meaning === undefined && isOver);
  const assumed =
    meaning === undefined && isOver
      ? ['Assumed: each label by itself, because the probabilities sum to more than 100%.']
      : meaning === 'single-label' && isOver
        ? ['The contract says one class of several, and the probabilities sum to more than 100%.']
        : [];
  return {
    kind: isEach ? 'multi-label' : 'probabilities',
    values: withThresholds(probabilities, knowledge),
    notes: [...notes, ...assumed],
  };
}

/** Raw values are probabilities where the graph ends in them. */
function isFinal({ contract }: AnswerKnowledge): boolean {
  return contract !== undefined && contract.output.activation === 'none' && contract.output.meaning !== 'unknown';
}

function ofBinary(values: readonly Value[], notes: readonly string[], knowledge: AnswerKnowledge): Meaning {
  const labels = knowledge.contract?.output.labels ?? knowledge.labels;
  const positive = labels?.at(-1);
  const found = values.find(({ label, index }) => (label === undefined ? index === 1 : label === positive));
  if (found) {
    const meaning = binaryMeaning(found.value, found.label === undefined ? labels : ['', found.label], knowledge);
    return { ...meaning, notes: [...notes, ...(meaning.notes ?? [])] };
  }
  return { kind: 'probabilities', values, notes };
}

/** Classes that the server numbers get their labels where every number has one; what it names otherwise than the labels is said. */
function withLabels(
  given: readonly Value[],
  knowledge: AnswerKnowledge,
): { readonly values: readonly Value[]; readonly note?: string } {
  const labels = knownLabels(knowledge);
  const { values, note } = numbered(given, labels);
  if (note !== undefined) return { values, note };
  if (!labels) return { values };
  if (values.every(({ label }) => label !== undefined)) {
    const other = values.find(({ label }) => !isKnown(label, knowledge));
    return other
      ? { values, note: `The server names "${other.label}", which is none of the labels that are known.` }
      : { values };
  }
  const largest = values.reduce((most, { index }) => Math.max(most, index ?? 0), 0);
  if (largest >= labels.length) {
    const beyond = `The server names class ${largest}, and only ${labels.length} labels are known: none is laid over its classes.`;
    return { values, note: beyond };
  }
  return { values: values.map((one) => labelOf(one, labels)) };
}

/** Our own servers put the index behind a label that two classes share, and have a background beside the labels. */
function isKnown(label: string | undefined, { contract, labels }: AnswerKnowledge): boolean {
  const all = contract?.output.labels ?? labels ?? [];
  const isBackground = contract?.output.background !== undefined && label === 'background';
  return label === undefined || isBackground || all.includes(label) || all.includes(label.replace(/ \(\d+\)$/, ''));
}

const wholeNumber = /^(0|[1-9]\d{0,8})$/;

/**
 * Names that are all whole numbers: labels, where they are known as such (folders are often named 1, 10, 2); else the class
 * numbers that servers write where they have no labels.
 */
function numbered<One extends Pick<ClassValue, 'label' | 'index'>>(
  values: readonly One[],
  labels: readonly string[] | undefined,
): { readonly values: readonly One[]; readonly note?: string } {
  const areNumbers = values.every(
    ({ label, index }) => label !== undefined && index === undefined && wholeNumber.test(label),
  );
  if (!areNumbers) return { values };
  if (labels === undefined || !values.every(({ label = '' }) => labels.includes(label))) {
    return { values: values.map(({ label, ...rest }) => ({ ...rest, index: Number(label) }) as One) };
  }
  const differs = values.some(({ label }) => labels[Number(label)] !== label && Number(label) < labels.length);
  const note =
    'Assumed: the numbers that the server names are labels, as such labels are known, not places among them.';
  return { values, ...(differs && { note }) };
}

function labelOf(value: Value, labels: readonly string[]): Value {
  const label = value.label ?? labels[value.index ?? -1];
  return label === undefined ? value : { ...value, label };
}

/** As {@link withLabels}, for the class that the server chose. */
export function chosenLabel(
  chosen: Pick<ClassValue, 'label' | 'index'>,
  knowledge: AnswerKnowledge,
): {
  readonly value: ClassValue;
  readonly note?: string;
} {
  const labels = knownLabels(knowledge);
  const read = numbered([chosen], labels);
  const [value = chosen] = read.values;
  if (read.note !== undefined) return { value, note: read.note };
  const { label, index } = value;
  if (label !== undefined || index === undefined) {
    const isOther = labels !== undefined && !isKnown(label, knowledge);
    return {
      value,
      ...(isOther && { note: `The server names "${label}", which is none of the labels that are known.` }),
    };
  }
  if (!labels) return { value, note: 'No labels are known for this model; its classes are numbered from 0.' };
  const found = labels[index];
  if (found !== undefined) return { value: { label: found, index } };
  return { value, note: `The server names class ${index}, and only ${labels.length} labels are known.` };
}
