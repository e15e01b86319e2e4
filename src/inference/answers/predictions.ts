import { ModelDeckError } from '../../foundation/error.ts';
import { isRecord } from '../../foundation/json.ts';
import type { Prediction } from '../endpoint.ts';

/**
 * Turns what a runtime answered for one image into predictions, in the runtime's order. Read are:
 * a dictionary `{label: probability}` (TorchServe), the same as a JSON text (BYTES of V2), a list of `[label, probability]`,
 * and a list of numbers by class index, which get a softmax unless they are a distribution already. Any of these may be wrapped in a list of one.
 * @param labels label of each class index, for answers of bare numbers
 * @throws ModelDeckError `server` when it is none of these
 */
export function readPredictions(value: unknown, labels?: readonly string[]): Prediction[] {
  const inner = unwrap(value);
  if (isRecord(inner)) return readDictionary(inner);
  if (!Array.isArray(inner)) throw notPredictions('is neither a dictionary nor a list', inner);
  if (inner.length === 0) throw notPredictions('is empty', inner);
  if (inner.length > maxClasses) throw notPredictions(`has more than ${maxClasses} classes`, inner.length);
  return Array.isArray(inner[0]) ? readPairs(inner, labels) : readScores(inner, labels);
}

/** The most probable first; at most k. Equal ones stay in the order of the runtime. */
export function topK(predictions: readonly Prediction[], k: number): Prediction[] {
  return predictions.toSorted((a, b) => b.probability - a.probability).slice(0, k);
}

/** More classes than any model has; an answer beyond it is no classification. */
const maxClasses = 1_000_000;
/** Longest label that is passed on, in characters. */
const maxLabelLength = 200;
/** How far a distribution may be from a sum of 1: half-precision runtimes over thousands of classes stay below it. */
const sumTolerance = 0.01;

/** Takes off JSON texts and lists of one, twice at most: `["{…}"]` is the deepest that runtimes answer with. */
function unwrap(value: unknown): unknown {
  let inner = value;
  for (let depth = 0; depth < 3; depth++) {
    if (typeof inner === 'string' && /^\s*[[{]/.test(inner)) {
      try {
        inner = JSON.parse(inner) as unknown;
      } catch (error) {
        throw notPredictions('is a text that is not JSON', inner, error);
      }
    } else if (Array.isArray(inner) && inner.length === 1 && isWrapped(inner[0])) {
      inner = inner[0] as unknown;
    } else {
      break;
    }
  }
  return inner;
}

/** `[["tabby", 0.9]]` is a list of one pair, not a pair that was wrapped. */
function isWrapped(value: unknown): boolean {
  return Array.isArray(value) ? !isPair(value) : isRecord(value) || typeof value === 'string';
}

function isPair(value: readonly unknown[]): boolean {
  return value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';
}

function readDictionary(dictionary: Readonly<Record<string, unknown>>): Prediction[] {
  const entries = Object.entries(dictionary);
  if (entries.length === 0) throw notPredictions('is empty', dictionary);
  if (entries.length > maxClasses) throw notPredictions(`has more than ${maxClasses} classes`, entries.length);
  return entries.map(([label, probability]) => ({
    label: readLabel(label),
    probability: readProbability(probability, label),
  }));
}

function readPairs(pairs: readonly unknown[], labels: readonly string[] | undefined): Prediction[] {
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw notPredictions('has an element that is no pair', pair);
    const [name, probability] = pair as [unknown, unknown];
    if (typeof name !== 'string' && typeof name !== 'number') throw notPredictions('has a label that is no text', name);
    const label = typeof name === 'number' ? (labels?.[name] ?? String(name)) : name;
    return { label: readLabel(label), probability: readProbability(probability, label) };
  });
}

function readScores(scores: readonly unknown[], labels: readonly string[] | undefined): Prediction[] {
  const numbers = scores.map((score, index) => {
    if (typeof score === 'number' && Number.isFinite(score)) return score;
    throw notPredictions(`has something other than a number for class ${index}`, score);
  });
  if (numbers.length === 1) {
    // One number can only be the probability of one class: a softmax would make it 1 whatever it is.
    return [{ label: readLabel(labels?.[0] ?? '0'), probability: readProbability(numbers[0], '0') }];
  }
  const probabilities = isDistribution(numbers) ? numbers : softmax(numbers);
  return probabilities.map((probability, index) => ({
    label: readLabel(labels?.[index] ?? String(index)),
    probability,
  }));
}

function isDistribution(numbers: readonly number[]): boolean {
  let sum = 0;
  for (const number of numbers) {
    if (number < 0 || number > 1) return false;
    sum += number;
  }
  return Math.abs(sum - 1) <= sumTolerance;
}

function softmax(scores: readonly number[]): number[] {
  // The largest is taken off first, so that no exponential overflows.
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((exponential) => exponential / sum);
}

function readLabel(label: string): string {
  return label.length > maxLabelLength ? `${label.slice(0, maxLabelLength - 1)}…` : label;
}

function readProbability(value: unknown, label: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  // Rounding in single precision may go past 1 by its last bits.
  if (typeof value === 'number' && value > 1 && value < 1 + 1e-5) return 1;
  throw notPredictions(`has no probability from 0 to 1 for "${readLabel(label)}"`, value);
}

function notPredictions(what: string, value: unknown, cause?: unknown): ModelDeckError {
  const excerpt = String(JSON.stringify(value)).slice(0, maxLabelLength);
  return new ModelDeckError('server', `The model's prediction ${what}: ${excerpt}`, {
    remedy: 'Look at the raw response: the handler must answer with labels and probabilities, or one number a class.',
    cause,
  });
}
