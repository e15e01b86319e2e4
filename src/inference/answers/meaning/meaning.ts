import type { AnswerKnowledge, AnswerKind, AnswerOffer, ClassValue } from '../answer.ts';

/** What a reading means; `interpret` sorts it and adds what holds for every kind. */
export interface Meaning {
  readonly kind: AnswerKind;
  readonly values: readonly ClassValue[];
  readonly notes?: readonly string[];
  readonly offers?: readonly AnswerOffer[];
}

/** How far a distribution may be from a sum of 1: half-precision runtimes over thousands of classes stay below it. */
export const sumTolerance = 0.01;
/** Rounding in single precision may go past 0 and 1 by its last bits. */
const edgeTolerance = 1e-5;

/** Whether all numbers could be probabilities. */
export function areFractions(numbers: readonly number[]): boolean {
  return numbers.every((number) => number >= -edgeTolerance && number <= 1 + edgeTolerance);
}

/** Whether the numbers are the probabilities of one class of n. */
export function isDistribution(numbers: readonly number[]): boolean {
  return numbers.length > 1 && areFractions(numbers) && Math.abs(sumOf(numbers) - 1) <= sumTolerance;
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** A probability without the last bits that rounding put beyond its range. */
export function fraction(number: number): number {
  return Math.min(1, Math.max(0, number));
}

/** The labels that are known, the contract's first. */
export function knownLabels({ contract, labels }: AnswerKnowledge): readonly string[] | undefined {
  return contract?.output.labels ?? labels;
}

/** Adds whether each value reaches its threshold, where the contract has one for it. */
export function withThresholds(values: readonly ClassValue[], { contract }: AnswerKnowledge): readonly ClassValue[] {
  const thresholds = contract?.output.thresholds;
  if (!thresholds || thresholds.length === 0) return values;
  const labels = contract?.output.labels;
  return values.map((value) => {
    const place = value.index ?? labels?.indexOf(value.label ?? '') ?? -1;
    const threshold = thresholds.length === 1 ? thresholds[0] : thresholds[place];
    return threshold === undefined || value.value === undefined
      ? value
      : { ...value, counts: value.value >= threshold };
  });
}
