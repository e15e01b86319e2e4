import type { ContractField, ModelContract } from '../../contract/modelContract.ts';
import type { OutputTensor } from '../../kserve/index.ts';

/** What a server answered for one picture, before anybody has looked at what it means. */
export interface ModelAnswer {
  /** V1: the list `predictions`. V2: what the texts of its outputs hold, where they hold JSON. Empty for plain tensors. */
  readonly values: readonly unknown[];
  /** V2: the outputs as they came. */
  readonly tensors: readonly OutputTensor[];
  /** The body, for the one thing that JSON.parse loses: whether a number was written as `1` or as `1.0`. */
  readonly text: string;
}

/** What is known of the model beside its answer. */
export interface AnswerKnowledge {
  readonly contract?: ModelContract | undefined;
  /** Label of each class by index, where there is no contract, or one without labels. */
  readonly labels?: readonly string[] | undefined;
  /** How many times the picture was sent, to a model that takes several at once; once when left out. */
  readonly pictures?: number | undefined;
  /** Readings that were offered, and that the user confirmed. */
  readonly accepted?: ReadonlySet<AnswerOffer['kind']> | undefined;
}

export type AnswerKind =
  /** One of n; each value is a probability. */
  | 'probabilities'
  /** Each label by itself; each value is a probability, and they need not sum to 1. */
  | 'multi-label'
  /** The first value is the probability of the positive class. */
  | 'binary'
  /** Raw numbers of named classes, higher is likelier; no probabilities. */
  | 'scores'
  /** The class that the server chose, without a number. */
  | 'class-only'
  /** Numbers of which nobody knows what they mean. */
  | 'numbers';

/** The kinds whose values are probabilities, 0 to 1. */
export const probabilityKinds: ReadonlySet<AnswerKind> = new Set(['probabilities', 'multi-label', 'binary']);

/** One class, or one number, of an answer. */
export interface ClassValue {
  /** Only where it is certain that the value belongs to it. */
  readonly label?: string;
  /** Place in the model's output, from 0; missing where the server named the class itself. */
  readonly index?: number;
  /** A probability for {@link probabilityKinds}, else the number as it came; missing for `class-only`. */
  readonly value?: number;
  /** Whether it reaches the contract's threshold; missing where there is none. */
  readonly counts?: boolean;
}

/** What an answer means, as far as that is known. */
export interface Interpretation {
  readonly kind: AnswerKind;
  /** The largest value first; equal ones as they came. */
  readonly values: readonly ClassValue[];
  /** One sentence each: what does not fit, what was left out, what is not known. */
  readonly notes: readonly string[];
  /** What the user can say to make more of the answer. */
  readonly offers: readonly AnswerOffer[];
  /** Fields of the contract that nobody has confirmed. */
  readonly assumed: readonly ContractField[];
}

/** A reading that would fit, but that only the user can confirm. */
export interface AnswerOffer {
  readonly kind: 'background-first' | 'binary';
  /** What is said by accepting it, in one sentence. */
  readonly text: string;
}

/** Name of a class for the eye: its label, or its place where no label is certain. */
export function nameOf({ label, index }: ClassValue): string {
  return label ?? (index === undefined ? 'unnamed' : `class ${index}`);
}
