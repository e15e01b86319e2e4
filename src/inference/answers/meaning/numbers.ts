import type { ModelContract } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { activations, sigmoid } from '../activation.ts';
import type { AnswerKnowledge, ClassValue } from '../answer.ts';
import type { NumbersReading } from '../dialects/dialect.ts';
import { severalAnswers } from '../dialects/values.ts';
import { labelled, type Labelling } from './labelling.ts';
import { areFractions, fraction, isDistribution, knownLabels, withThresholds, type Meaning } from './meaning.ts';

/** What numbers by class index mean: by the contract, where there is one, else by what they can be without any guess. */
export function interpretNumbers(reading: NumbersReading, knowledge: AnswerKnowledge): Meaning {
  const [row = []] = reading.rows;
  if (!row.every(Number.isFinite)) {
    throw new ModelDeckError('server', 'The model answered with NaN or Infinity.', {
      remedy: 'Check its weights, and mean and std of its input.',
    });
  }
  const several = severalAnswers(reading.rows.length, knowledge);
  const meaning = meaningOf(row, reading, knowledge);
  const differing = chosenNote(meaning, reading);
  return { ...meaning, notes: [...several, ...(meaning.notes ?? []), ...differing] };
}

function meaningOf(row: readonly number[], reading: NumbersReading, knowledge: AnswerKnowledge): Meaning {
  const { contract } = knowledge;
  switch (contract?.output.meaning) {
    case 'binary':
      return binary(row, contract, knowledge);
    case 'single-label':
    case 'multi-label':
      return byContract(row, contract, knowledge);
    case 'unknown':
      return { ...plain(row, labelled(row.length, knowledge)), kind: 'numbers' };
    case undefined:
      return withoutContract(row, reading, knowledge);
  }
}

function byContract(row: readonly number[], { output }: ModelContract, knowledge: AnswerKnowledge): Meaning {
  const labelling = labelled(row.length, knowledge);
  const kind = output.meaning === 'single-label' ? 'probabilities' : 'multi-label';
  if (row.length === 1 && kind === 'probabilities') return oneNumber(row, knowledge);
  const { classes } = output;
  if (classes !== undefined && classes !== row.length) {
    const note = `The answer has ${row.length} numbers, and the contract says ${classes}: they are shown as they came.`;
    return { kind: 'numbers', values: placed(row, labelled(row.length, {})), notes: [note] };
  }
  // Whoever answers with a distribution has applied it already: twice would flatten it.
  const isApplied = output.activation === 'softmax' && isDistribution(row);
  const probabilities = isApplied ? row : activations[output.activation](row);
  if (!areFractions(probabilities)) {
    const note = `The contract says that the numbers are probabilities already (output.activation: none), and they are not: ${range(row)}.`;
    return { ...plain(row, labelling), notes: [...notesOf(labelling), note] };
  }
  const isOff = kind === 'probabilities' && !isDistribution(probabilities);
  const note = 'The contract says one class of several, and the probabilities do not sum to 100%.';
  const values = placed(probabilities.map(fraction), labelling);
  // Scores of three and more classes hardly ever lie all between 0 and 1.
  const mayBeTwice = !isApplied && output.activation !== 'none' && row.length > 2 && areFractions(row);
  const twice = `The numbers are all between 0 and 1 and may be probabilities already: the ${output.activation} of the contract was applied to them.`;
  return {
    kind,
    values: withThresholds(values, knowledge),
    notes: [...notesOf(labelling), ...(isOff ? [note] : []), ...(mayBeTwice ? [twice] : [])],
    offers: labelling.offers,
  };
}

/** P(the positive class), from one number, or from the two of a softmax. */
function binary(row: readonly number[], { output }: ModelContract, knowledge: AnswerKnowledge): Meaning {
  const labels = output.labels ?? knowledge.labels;
  const probability = positive(row, output.activation);
  if (probability === undefined || !areFractions([probability])) {
    const note = `The contract says one probability of the positive class, and the answer has ${row.length === 1 ? range(row) : `${row.length} numbers`}.`;
    return { kind: 'numbers', values: placed(row, labelled(row.length, {})), notes: [note] };
  }
  return binaryMeaning(fraction(probability), labels, knowledge);
}

function positive(row: readonly number[], activation: 'softmax' | 'sigmoid' | 'none'): number | undefined {
  const [first, second] = row;
  if (row.length === 1 && first !== undefined) return activation === 'sigmoid' ? sigmoid(first) : first;
  if (row.length !== 2 || second === undefined) return undefined;
  if (isDistribution(row)) return second;
  return activation === 'softmax' ? activations.softmax(row)[1] : undefined;
}

/** @param labels the negative class, then the positive one; one label alone is the positive one */
export function binaryMeaning(
  probability: number,
  labels: readonly string[] | undefined,
  knowledge: AnswerKnowledge,
): Meaning {
  const label = labels?.length === 2 ? labels[1] : labels?.length === 1 ? labels[0] : undefined;
  const value: ClassValue = {
    ...(label !== undefined && { label }),
    index: labels?.length === 1 ? 0 : 1,
    value: probability,
  };
  const misfit = `The model tells two classes apart, and ${labels?.length ?? 0} labels are known; the number is the probability of the positive class.`;
  return {
    kind: 'binary',
    values: withThresholds([value], knowledge),
    ...(label === undefined && { notes: [misfit] }),
  };
}

function withoutContract(row: readonly number[], reading: NumbersReading, knowledge: AnswerKnowledge): Meaning {
  const labels = knownLabels(knowledge);
  if (row.length === 1 && labels?.length !== 1) return oneNumber(row, knowledge);
  const labelling = labelled(row.length, knowledge);
  const base = { notes: notesOf(labelling), offers: labelling.offers };
  if (reading.said !== 'scores' && isDistribution(row)) {
    return { kind: 'probabilities', values: placed(row.map(fraction), labelling), ...base };
  }
  if (reading.said !== 'scores' && labelling.isCertain && areFractions(row)) {
    const note =
      'Assumed: each label by itself, because the numbers are all between 0 and 1 and do not sum to 1. Say it as output.meaning in model-deck.yaml.';
    return { kind: 'multi-label', values: placed(row.map(fraction), labelling), ...base, notes: [...base.notes, note] };
  }
  return plain(row, labelling);
}

/** A number that nobody says more about is never the probability of a label. */
function oneNumber(row: readonly number[], knowledge: AnswerKnowledge): Meaning {
  const labels = knownLabels(knowledge);
  const [only] = row;
  if (only !== undefined && labels?.length === 2 && areFractions(row) && knowledge.accepted?.has('binary') === true) {
    return binaryMeaning(fraction(only), labels, knowledge);
  }
  const known = labels ? `${labels.length} labels are known` : 'no labels are known';
  const note = `The answer is one number, and ${known}: of which class it is the probability, if it is one, is not known.`;
  const positiveLabel = labels?.length === 2 && areFractions(row) ? labels[1] : undefined;
  return {
    kind: 'numbers',
    values: placed(row, labelled(1, {})),
    notes: [note],
    offers:
      positiveLabel === undefined
        ? []
        : [{ kind: 'binary', text: `The number is the probability of "${positiveLabel}".` }],
  };
}

/** Numbers as they came: scores where each has its label, mere numbers otherwise. */
function plain(row: readonly number[], labelling: Labelling): Meaning {
  const values = placed(row, labelling);
  const { offers } = labelling;
  if (!labelling.isCertain) return { kind: 'numbers', values, notes: notesOf(labelling), offers };
  const note = 'These are scores, not probabilities: what has to be applied to them is not known.';
  return { kind: 'scores', values, notes: [...notesOf(labelling), note], offers };
}

function placed(row: readonly number[], { classes }: Labelling): ClassValue[] {
  return row.map((value, index) => ({ ...(classes[index] ?? { index }), value }));
}

function notesOf({ note }: Labelling): string[] {
  return note === undefined ? [] : [note];
}

/** The server's own choice is told where it is another than the largest number. */
function chosenNote({ values }: Meaning, { chosen }: NumbersReading): string[] {
  if (!chosen) return [];
  const largest = values.reduce((a, b) => ((b.value ?? 0) > (a.value ?? 0) ? b : a), values[0] ?? {});
  const agrees = chosen.index === undefined ? chosen.label === largest.label : chosen.index === largest.index;
  const isComparable = chosen.index !== undefined || largest.label !== undefined;
  if (agrees || !isComparable) return [];
  return [
    `The server names ${chosen.label ?? `class ${chosen.index}`} itself, which is not the one with the largest number.`,
  ];
}

function range(row: readonly number[]): string {
  const format = (value: number): string => String(Number(value.toPrecision(4)));
  const [low, high] = [Math.min(...row.slice(0, 10_000)), Math.max(...row.slice(0, 10_000))].map(format);
  return row.length === 1 ? `the number ${low}` : `they reach from ${low} to ${high}`;
}
