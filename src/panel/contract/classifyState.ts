import { isFailure, type Failure } from './failure.ts';
import { integer, list, number, oneOf, record, text, variant } from './validate.ts';

/**
 * What the page shows. The host holds all of it and sends it whole after each change; the page keeps nothing that it
 * could not be sent again. Pictures and raw bodies are large and travel in messages of their own.
 */
export interface ClassifyState {
  readonly endpoints: readonly EndpointChoice[];
  readonly selectedId?: string;
  /** Why there are no endpoints to choose from, when listing them failed. */
  readonly endpointsFailure?: Failure;
  /** How many predictions are shown, {@link leastTopK} to {@link mostTopK}. */
  readonly topK: number;
  /** Newest first. */
  readonly images: readonly ImageView[];
  /** Every answer of this session, newest first. */
  readonly history: readonly HistoryView[];
}

export interface EndpointChoice {
  readonly id: string;
  readonly label: string;
  readonly targetLabel: string;
  readonly state: EndpointState;
  /** For `failed`. */
  readonly reason?: string;
}

export type EndpointState = 'starting' | 'ready' | 'stopped' | 'failed';

export interface ImageView {
  readonly id: string;
  readonly name: string;
  /** Where it comes from, for example its folder. */
  readonly origin: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly state: 'queued' }
  | { readonly state: 'running' }
  | { readonly state: 'cancelled' }
  | AnswerView
  | {
      readonly state: 'failed';
      readonly failure: Failure;
      /** Whether another try with the same image can make sense. */
      readonly canRetry: boolean;
    };

export interface AnswerView {
  readonly state: 'done';
  readonly endpointLabel: string;
  /** Up to {@link mostTopK}, whatever is shown, so that changing k asks nobody. */
  readonly predictions: readonly PredictionView[];
  /** How many classes the runtime answered with. */
  readonly classCount: number;
  readonly prepareMs: number;
  readonly requestMs: number;
}

export interface PredictionView {
  readonly label: string;
  /** 0..1 */
  readonly probability: number;
}

export interface HistoryView {
  readonly id: string;
  /** The image's id, which names its thumbnail. */
  readonly imageId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly answer: AnswerView;
}

export const leastTopK = 1;
export const mostTopK = 20;
export const mostImages = 200;
export const mostHistory = 200;
export const mostEndpoints = 1000;
/** Longest text of a server or file system that is shown in one line. */
export const longestLabel = 300;

export const isId = text(500);
const isLabel = text(longestLabel);
const milliseconds = number(0, 1e9);

const isAnswer = record<AnswerView>({
  state: oneOf('done'),
  endpointLabel: isLabel,
  predictions: list(record<PredictionView>({ label: isLabel, probability: number(0, 1) }), mostTopK),
  classCount: integer(0, 1e9),
  prepareMs: milliseconds,
  requestMs: milliseconds,
});

const isOutcome = variant<'state', Outcome>('state', {
  queued: record({ state: oneOf('queued') }),
  running: record({ state: oneOf('running') }),
  cancelled: record({ state: oneOf('cancelled') }),
  done: isAnswer,
  failed: record<Extract<Outcome, { state: 'failed' }>>({
    state: oneOf('failed'),
    failure: isFailure,
    canRetry: (value) => typeof value === 'boolean',
  }),
});

export const isTopK = integer(leastTopK, mostTopK);

export const isClassifyState = record<ClassifyState>(
  {
    endpoints: list(
      record<EndpointChoice>(
        {
          id: isId,
          label: isLabel,
          targetLabel: isLabel,
          state: oneOf('starting', 'ready', 'stopped', 'failed'),
        },
        { reason: text(4000) },
      ),
      mostEndpoints,
    ),
    topK: isTopK,
    images: list(record<ImageView>({ id: isId, name: isLabel, origin: isLabel, outcome: isOutcome }), mostImages),
    history: list(
      record<HistoryView>({ id: isId, imageId: isId, name: isLabel, at: number(0, 1e15), answer: isAnswer }),
      mostHistory,
    ),
  },
  { selectedId: isId, endpointsFailure: isFailure },
);
