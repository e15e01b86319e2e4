import type { ClassOutput } from '../../contract/modelContract.ts';

/** Makes probabilities of a model's numbers. */
export const activations: Readonly<Record<ClassOutput['activation'], (numbers: ArrayLike<number>) => number[]>> = {
  softmax,
  sigmoid: (numbers) => Array.from(numbers, sigmoid),
  none: (numbers) => Array.from(numbers),
};

/** Probabilities of one class of n, from scores of any size. */
export function softmax(scores: ArrayLike<number>): number[] {
  const list = Array.from(scores);
  // The largest is taken off first, so that no exponential overflows.
  const largest = list.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = list.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((exponential) => exponential / sum);
}

/** Probability of yes, from a score of any size. */
export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
