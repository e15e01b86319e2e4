import { ModelDeckError } from '../foundation/error.ts';
import type { V2Output } from '../kserve/index.ts';
import type { Prediction } from './endpoint.ts';
import { softmax } from './topK.ts';

/**
 * What a runtime said about one image, as predictions. Runtimes differ: TorchServe answers a dict of label to
 * probability, others a list of numbers (probabilities, or raw scores, which get a softmax), or pairs.
 *
 * @param labels names by class index, for runtimes that answer with numbers
 * @throws ModelDeckError `server` when it is none of these
 */
export function readPredictions(value: unknown, labels: readonly string[] = []): readonly Prediction[] {
  if (typeof value === 'string') return readPredictions(parseText(value), labels);
  if (Array.isArray(value)) return fromList(value, labels);
  if (typeof value === 'object' && value !== null) return fromDict(value);
  throw notAClassification(value);
}

/** The same for the outputs of a V2 answer to one image. */
export function readV2Outputs(outputs: readonly V2Output[], labels: readonly string[] = []): readonly Prediction[] {
  const [first] = outputs;
  if (first === undefined) throw notAClassification(outputs);
  const isText = first.datatype === 'BYTES';
  return readPredictions(isText && first.data.length === 1 ? first.data[0] : first.data, labels);
}

function fromDict(value: object): readonly Prediction[] {
  const entries = Object.entries(value) as [string, unknown][];
  const predictions = entries.map(([label, probability]) => ({ label, probability }));
  if (predictions.length === 0 || !predictions.every(isPrediction)) throw notAClassification(value);
  return predictions;
}

function isPrediction(value: { readonly label: string; readonly probability: unknown }): value is Prediction {
  return typeof value.probability === 'number' && value.probability >= 0 && value.probability <= 1 + 1e-6;
}

function fromList(value: readonly unknown[], labels: readonly string[]): readonly Prediction[] {
  if (value.length === 1 && typeof value[0] === 'object' && value[0] !== null) return readPredictions(value[0], labels);
  if (value.length > 0 && value.every((item) => typeof item === 'number' && Number.isFinite(item))) {
    return fromScores(value as readonly number[], labels);
  }
  const pairs = value.map((item) => (Array.isArray(item) && item.length === 2 ? (item as [unknown, unknown]) : []));
  const predictions = pairs.map(([label, probability]) => ({
    label: typeof label === 'string' || typeof label === 'number' ? String(label) : '',
    probability,
  }));
  if (predictions.length === 0 || !predictions.every(isPrediction)) throw notAClassification(value);
  return predictions;
}

function fromScores(scores: readonly number[], labels: readonly string[]): readonly Prediction[] {
  const sum = scores.reduce((total, score) => total + score, 0);
  const areProbabilities = scores.every((score) => score >= 0 && score <= 1) && Math.abs(sum - 1) < 1e-2;
  const probabilities = areProbabilities ? scores : [...softmax(scores)];
  return probabilities.map((probability, index) => ({ label: labels[index] ?? String(index), probability }));
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAClassification(text);
  }
}

function notAClassification(value: unknown): ModelDeckError {
  const shown = JSON.stringify(value)?.slice(0, 200) ?? String(value);
  return new ModelDeckError('server', `The answer is not a classification: ${shown}`, {
    remedy: 'Use a handler that answers labels with probabilities, such as image_classifier.',
  });
}
