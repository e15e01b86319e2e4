import { isImageUrl, longestValue, type ContractRowView } from './classifyMessages.ts';
import {
  answerKinds,
  isId,
  isLabel,
  isPrediction,
  mostAssumed,
  mostNotes,
  mostTopK,
  type AnswerView,
} from './classifyState.ts';
import { isFailure, longestSentence, type Failure } from './shownFailure.ts';
import { integer, list, oneOf, only, record, text, variant, type Check } from './validate.ts';

/** What the page "Try it" shows: the contract, what can be changed in it, a picture and the answer. Nothing is written yet. */
export interface TryState {
  /** For example `Try my-model`. */
  readonly title: string;
  readonly controls: readonly TryControlView[];
  /** The contract, a row for each field. */
  readonly rows: readonly ContractRowView[];
  readonly pictures: readonly PictureView[];
  /** Id of the picture that is shown. */
  readonly picture?: string;
  readonly outcome: TryOutcome;
  /** Pictures whose label the user has kept. */
  readonly examples: readonly ExampleView[];
}

export interface TryControlView {
  readonly id: string;
  readonly label: string;
  /** Whether one of its fields was neither read nor said. */
  readonly isAssumed: boolean;
  readonly chosen: string;
  readonly options: readonly { readonly id: string; readonly text: string }[];
}

export interface PictureView {
  readonly id: string;
  readonly name: string;
}

export interface ExampleView {
  readonly image: string;
  readonly label: string;
}

export type TryOutcome =
  /** There is no picture yet. */
  | { readonly state: 'empty' }
  /** `isLoading`: the graph itself is not loaded yet. */
  | { readonly state: 'running'; readonly isLoading: boolean }
  | TriedView
  | { readonly state: 'failed'; readonly failure: Failure };

export interface TriedView extends Pick<AnswerView, 'kind' | 'predictions' | 'classCount'> {
  readonly state: 'done';
  /** A data: URL of what the model sees. */
  readonly url: string;
  readonly notes: readonly string[];
  /** The label that "Keep as Example" would keep; left out where the answer names none. */
  readonly keeps?: string;
}

/** From the host to the page. */
export type TryUpdate = { readonly type: 'state'; readonly state: TryState };

/** From the page to the host. */
export type TryRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'choose-picture'; readonly id: string }
  | { readonly type: 'browse' }
  | { readonly type: 'change'; readonly control: string; readonly option: string }
  | { readonly type: 'keep-example' }
  /** The contract is right as it is shown: what is assumed counts as said by the user. */
  | { readonly type: 'use' }
  /** Packages without a word about what is assumed. */
  | { readonly type: 'skip' }
  | { readonly type: 'back' }
  | { readonly type: 'cancel' };

export const mostPictures = 200;
export const mostExamples = 100;
const mostControls = 20;
const mostOptions = 40;

const isFlag: Check<boolean> = (value) => typeof value === 'boolean';
const isText = text(longestValue);

const isControl = record<TryControlView>({
  id: isId,
  label: isLabel,
  isAssumed: isFlag,
  chosen: isId,
  options: list(record<{ id: string; text: string }>({ id: isId, text: isText }), mostOptions),
});

const isOutcome = variant<'state', TryOutcome>('state', {
  empty: record({ state: oneOf('empty') }),
  running: record<Extract<TryOutcome, { state: 'running' }>>({ state: oneOf('running'), isLoading: isFlag }),
  done: record<TriedView>(
    {
      state: oneOf('done'),
      kind: oneOf(...answerKinds),
      predictions: list(isPrediction, mostTopK),
      classCount: integer(0, 1e9),
      url: isImageUrl,
      notes: list(text(longestSentence), mostNotes),
    },
    { keeps: isLabel },
  ),
  failed: record<Extract<TryOutcome, { state: 'failed' }>>({ state: oneOf('failed'), failure: isFailure }),
});

const isState = record<TryState>(
  {
    title: isLabel,
    controls: list(isControl, mostControls),
    rows: list(
      record<ContractRowView>({ field: isLabel, label: isLabel, value: isText, origin: isLabel, assumed: isFlag }),
      mostAssumed,
    ),
    pictures: list(record<PictureView>({ id: isId, name: isLabel }), mostPictures),
    outcome: isOutcome,
    examples: list(record<ExampleView>({ image: isLabel, label: isLabel }), mostExamples),
  },
  { picture: isId },
);

export const isTryUpdate: Check<TryUpdate> = record<TryUpdate>({ type: oneOf('state'), state: isState });

export const isTryRequest = variant<'type', TryRequest>('type', {
  ready: only('ready'),
  'choose-picture': record({ type: oneOf('choose-picture'), id: isId }),
  browse: only('browse'),
  change: record({ type: oneOf('change'), control: isId, option: isId }),
  'keep-example': only('keep-example'),
  use: only('use'),
  skip: only('skip'),
  back: only('back'),
  cancel: only('cancel'),
});
