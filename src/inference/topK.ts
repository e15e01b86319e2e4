import type { Prediction } from './endpoint.ts';

/** The k most probable, most probable first; equal ones stay in the order of the classes. */
export function topK(predictions: readonly Prediction[], k: number): readonly Prediction[] {
  return [...predictions].sort((a, b) => b.probability - a.probability).slice(0, k);
}

/** Probabilities out of the raw scores of a network; sums to 1. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  let largest = -Infinity;
  for (let index = 0; index < scores.length; index += 1) largest = Math.max(largest, scores[index] ?? -Infinity);
  const out = new Float64Array(scores.length);
  let sum = 0;
  for (let index = 0; index < scores.length; index += 1) {
    out[index] = Math.exp((scores[index] ?? -Infinity) - largest);
    sum += out[index] ?? 0;
  }
  return out.map((value) => value / sum);
}
