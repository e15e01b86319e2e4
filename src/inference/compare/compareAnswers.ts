import { describeContract } from '../../contract/describeContract.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import { nameOf, probabilityKinds, type AnswerKind, type ClassValue } from '../answers/answer.ts';

/** What one endpoint answered for a picture, and what is known of its model. */
export interface ComparedAnswer {
  readonly kind: AnswerKind;
  /** All that it answered with, the largest first. */
  readonly values: readonly ClassValue[];
  readonly contract?: ModelContract | undefined;
}

/** What two endpoints make of one picture. */
export interface AnswerComparison {
  readonly verdict: ComparisonVerdict;
  /** Classes that both name, the largest difference first. */
  readonly classes: readonly ComparedClass[];
  /** How many classes only one of them names. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Whether the classes that both name come in the same order. */
  readonly isSameOrder: boolean;
  /** Fields of the contracts that differ; empty as well where one contract is not known. */
  readonly contract: readonly ComparedField[];
  /** Whose contract is not known. */
  readonly unknownContract: readonly ('first' | 'second')[];
}

export type ComparisonVerdict =
  /** No value differs by more than {@link sameWithin}, and nothing is missing at the top. */
  | 'same'
  /** The same class comes first, with another value. */
  | 'same-class'
  | 'different'
  /** One answers with probabilities and the other does not, or they have no class in common. */
  | 'not-comparable';

export interface ComparedClass {
  readonly name: string;
  /** Missing where a server named the class only. */
  readonly first?: number;
  readonly second?: number;
  readonly difference: number;
}

export interface ComparedField {
  readonly field: string;
  readonly label: string;
  /** In words; missing where that contract does not have the field. */
  readonly first?: string;
  readonly second?: string;
}

/** Two runtimes that compute the same differ by rounding only. */
export const sameWithin = 1e-4;

/**
 * Compares the answers of two endpoints for one picture, and their contracts.
 *
 * Classes are the same when they have the same label, or, where one side has no labels, the same place in the output.
 */
export function compareAnswers(first: ComparedAnswer, second: ComparedAnswer): AnswerComparison {
  const pairs = pairsOf(first.values, second.values);
  const classes = pairs
    .map(({ name, a, b }) => ({
      name,
      ...(a.value !== undefined && { first: a.value }),
      ...(b.value !== undefined && { second: b.value }),
      difference: Math.abs((a.value ?? 0) - (b.value ?? 0)),
    }))
    .sort((a, b) => b.difference - a.difference);
  const places = pairs.map(({ b }) => second.values.indexOf(b));
  return {
    verdict: verdictOf(first, second, classes),
    classes,
    onlyFirst: first.values.length - pairs.length,
    onlySecond: second.values.length - pairs.length,
    isSameOrder: places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1)),
    contract: first.contract && second.contract ? differingFields(first.contract, second.contract) : [],
    unknownContract: [
      ...(first.contract ? [] : (['first'] as const)),
      ...(second.contract ? [] : (['second'] as const)),
    ],
  };
}

interface Pair {
  readonly name: string;
  readonly a: ClassValue;
  readonly b: ClassValue;
}

/** In the order of the first. */
function pairsOf(first: readonly ClassValue[], second: readonly ClassValue[]): readonly Pair[] {
  const haveLabels = [first, second].every((values) => values.every(({ label }) => label !== undefined));
  const key = ({ label, index }: ClassValue): string | number | undefined => (haveLabels ? label : index);
  const others = new Map(second.map((value) => [key(value), value]));
  const taken = new Set<ClassValue>();
  return first.flatMap((a) => {
    const b = key(a) === undefined ? undefined : others.get(key(a));
    // A label that stands there twice is paired once.
    if (!b || taken.has(b)) return [];
    taken.add(b);
    return [{ name: a.label ?? b.label ?? nameOf(a), a, b }];
  });
}

function verdictOf(
  first: ComparedAnswer,
  second: ComparedAnswer,
  classes: readonly ComparedClass[],
): ComparisonVerdict {
  const isOfOneKind = first.kind === second.kind || isBothProbability(first.kind, second.kind);
  if (!isOfOneKind || classes.length === 0) return 'not-comparable';
  const isSameFirst = isSameTop(first, second);
  const largest = classes[0]?.difference ?? 0;
  // Numbers of any size are compared by their size.
  const scale = probabilityKinds.has(first.kind) ? 1 : Math.max(1, ...classes.map((one) => Math.abs(one.first ?? 0)));
  if (isSameFirst && largest <= sameWithin * scale) return 'same';
  return isSameFirst ? 'same-class' : 'different';
}

/** A server that answers with one of n and one that answers each by itself both give probabilities. */
function isBothProbability(a: AnswerKind, b: AnswerKind): boolean {
  return probabilityKinds.has(a) && probabilityKinds.has(b);
}

function isSameTop(first: ComparedAnswer, second: ComparedAnswer): boolean {
  const [a, b] = [first.values[0], second.values[0]];
  if (!a || !b || pairsOf([a], [b]).length === 0) return false;
  // Of yes and no the first value is always that of "yes": which it is, its size says.
  const isYes = ({ value = 0 }: ClassValue): boolean => value >= 0.5;
  return first.kind !== 'binary' || isYes(a) === isYes(b);
}

function differingFields(first: ModelContract, second: ModelContract): readonly ComparedField[] {
  const rows = (contract: ModelContract): ReadonlyMap<string, { readonly label: string; readonly value: string }> =>
    new Map(describeContract(contract).map(({ field, label, value }) => [field, { label, value }]));
  const [a, b] = [rows(first), rows(second)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((field) => {
    const [one, other] = [a.get(field), b.get(field)];
    if (one?.value === other?.value) return [];
    return [
      {
        field,
        label: one?.label ?? other?.label ?? field,
        ...(one && { first: one.value }),
        ...(other && { second: other.value }),
      },
    ];
  });
}
