import { isLabel, mostAssumed } from './classifyState.ts';
import { isFailure, type Failure } from './shownFailure.ts';
import { integer, list, number, oneOf, record, text, variant, type Check } from './validate.ts';

/** What two endpoints make of one picture. `second`: the name of the one that it is compared with. */
export type ComparisonView =
  | { readonly state: 'running'; readonly second: string }
  | { readonly state: 'cancelled'; readonly second: string }
  | { readonly state: 'failed'; readonly second: string; readonly failure: Failure }
  | ComparedView;

export interface ComparedView {
  readonly state: 'done';
  readonly first: string;
  readonly second: string;
  readonly verdict: (typeof verdicts)[number];
  /** Whether the values are probabilities. */
  readonly isProbability: boolean;
  readonly isSameOrder: boolean;
  /** How many classes both name, and how many only one of them. */
  readonly common: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** The {@link mostCompared} with the largest differences. */
  readonly classes: readonly ComparedClassView[];
  /** Fields of the contracts that differ. */
  readonly contract: readonly ComparedFieldView[];
  /** Whose contract is not known. */
  readonly unknownContract: readonly ('first' | 'second')[];
}

export interface ComparedClassView {
  readonly label: string;
  readonly first?: number;
  readonly second?: number;
  readonly difference: number;
}

export interface ComparedFieldView {
  readonly label: string;
  readonly first?: string;
  readonly second?: string;
}

export const mostCompared = 5;
export const longestField = 500;
const verdicts = ['same', 'same-class', 'different', 'not-comparable'] as const;

const isFlag: Check<boolean> = (value) => typeof value === 'boolean';
const isValue = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const isCount = integer(0, 1e9);

export const isComparison = variant<'state', ComparisonView>('state', {
  running: record({ state: oneOf('running'), second: isLabel }),
  cancelled: record({ state: oneOf('cancelled'), second: isLabel }),
  failed: record<Extract<ComparisonView, { state: 'failed' }>>({
    state: oneOf('failed'),
    second: isLabel,
    failure: isFailure,
  }),
  done: record<ComparedView>({
    state: oneOf('done'),
    first: isLabel,
    second: isLabel,
    verdict: oneOf(...verdicts),
    isProbability: isFlag,
    isSameOrder: isFlag,
    common: isCount,
    onlyFirst: isCount,
    onlySecond: isCount,
    classes: list(
      record<ComparedClassView>({ label: isLabel, difference: isValue }, { first: isValue, second: isValue }),
      mostCompared,
    ),
    contract: list(
      record<ComparedFieldView>({ label: isLabel }, { first: text(longestField), second: text(longestField) }),
      mostAssumed,
    ),
    unknownContract: list(oneOf('first', 'second'), 2),
  }),
});
