import { isFailure, longestSentence, type Failure } from './shownFailure.ts';
import { integer, list, number, oneOf, record, text, variant, type Check } from './validate.ts';

/**
 * What the page shows. The host holds all of it and sends it whole after each change; the page keeps nothing that it
 * could not be sent again. Pictures and raw bodies are large and travel in messages of their own.
 */
export interface ClassifyState {
  /** Under which the host keeps results and history for a reload of the window. */
  readonly panelId: string;
  /** The endpoint that is asked; none when there is none. */
  readonly endpoint?: EndpointChoice;
  /** How the endpoint is reached, when that is by a route into a cluster. */
  readonly connection?: ConnectionView;
  /** How many endpoints there are to choose from. The list stays with the host: clusters have thousands. */
  readonly endpointCount: number;
  /** Why there are no endpoints to choose from, when listing them failed. */
  readonly endpointsFailure?: Failure;
  /** How many predictions are shown, {@link leastTopK} to {@link mostTopK}. */
  readonly topK: number;
  /** Newest first. */
  readonly images: readonly ImageView[];
  /** How far several images are that were added or started together; left out while none waits. */
  readonly progress?: ProgressView;
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
  /** Reached by a route into a cluster. Unlike a server of this computer it does not start when it is asked. */
  readonly isRemote?: boolean;
}

/** The ways to an endpoint of a cluster and what was found out about it. */
export interface ConnectionView {
  /** Empty until they are known. */
  readonly routes: readonly RouteView[];
  /** Kind of the route that is taken, or would be. */
  readonly route?: string;
  readonly isOpen: boolean;
  /** What the server is found to serve, when the choice is the user's. */
  readonly models: readonly string[];
  readonly model?: string;
  readonly hasCredentials: boolean;
}

export interface RouteView {
  readonly kind: string;
  readonly label: string;
  /** Why it cannot be taken. */
  readonly unavailable?: string;
}

export type EndpointState = 'starting' | 'ready' | 'stopped' | 'failed';

export interface ImageView {
  readonly id: string;
  readonly name: string;
  /** Where it comes from, for example its folder. */
  readonly origin: string;
  readonly outcome: Outcome;
  /** Its picture is not here any more: it was dropped or pasted before the window was reloaded. */
  readonly isGone?: boolean;
}

export interface ProgressView {
  /** With an answer, a failure, or cancelled. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

export type Outcome =
  | { readonly state: 'queued' }
  | { readonly state: 'running' }
  /** The service has to start before it answers, or is likely to. `said`: its own words. */
  | { readonly state: 'warming'; readonly said?: string }
  /** `byReload`: it was on its way when the window was reloaded. */
  | { readonly state: 'cancelled'; readonly byReload?: boolean }
  | AnswerView
  | {
      readonly state: 'failed';
      readonly failure: Failure;
      /** Whether another try with the same image can make sense. */
      readonly canRetry: boolean;
      /** Whether the server did answer, so that there is something to look at. */
      readonly hasExchange?: boolean;
    };

export interface AnswerView {
  readonly state: 'done';
  readonly endpointLabel: string;
  readonly kind: AnswerKind;
  /** Up to {@link mostTopK}, whatever is shown, so that changing k asks nobody. */
  readonly predictions: readonly PredictionView[];
  /** How many values the runtime answered with. */
  readonly classCount: number;
  /** How many classes the model has, where that is known. */
  readonly modelClasses?: number;
  readonly prepareMs: number;
  readonly requestMs: number;
  /** One sentence each about what was done or assumed on the way, and what the answer leaves open. */
  readonly notes?: readonly string[];
  /** Fields of the model's contract that nobody has confirmed. */
  readonly assumed?: readonly string[];
  /** What the user can say to make more of the answer. */
  readonly offers?: readonly OfferView[];
}

/** What the values of an answer are; only of the first three they are probabilities. */
export type AnswerKind = (typeof answerKinds)[number];
export const answerKinds = ['probabilities', 'multi-label', 'binary', 'scores', 'class-only', 'numbers'] as const;

export interface PredictionView {
  /** The label, or the number of a class that has none. */
  readonly label: string;
  /** A probability 0..1, or a number of any size, by the answer's kind; missing for `class-only`. */
  readonly value?: number;
  /** Whether it reaches its threshold, where there is one. */
  readonly counts?: boolean;
}

export interface OfferView {
  readonly kind: (typeof offerKinds)[number];
  readonly text: string;
}
export const offerKinds = ['background-first', 'binary'] as const;

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
export const mostEndpoints = 1_000_000;
export const mostRoutes = 20;
export const mostModels = 1000;
export const mostNotes = 10;
/** A contract has fewer fields. */
export const mostAssumed = 40;
/** Longest text of a server or file system that is shown in one line. */
export const longestLabel = 300;

export const isId = text(500);
export const isRouteKind = text(40);
export const isLabel = text(longestLabel);
const milliseconds = number(0, 1e9);
const isFlag: Check<boolean> = (value) => typeof value === 'boolean';

/** A number is one of any size; the page draws bars of probabilities only. */
export const isPrediction = record<PredictionView>(
  { label: isLabel },
  { value: number(-Number.MAX_VALUE, Number.MAX_VALUE), counts: isFlag },
);

const isAnswer = record<AnswerView>(
  {
    state: oneOf('done'),
    endpointLabel: isLabel,
    kind: oneOf(...answerKinds),
    predictions: list(isPrediction, mostTopK),
    classCount: integer(0, 1e9),
    prepareMs: milliseconds,
    requestMs: milliseconds,
  },
  {
    notes: list(text(longestSentence), mostNotes),
    assumed: list(isLabel, mostAssumed),
    offers: list(record<OfferView>({ kind: oneOf(...offerKinds), text: text(longestSentence) }), offerKinds.length),
    modelClasses: integer(0, 1e9),
  },
);

export const isOutcome = variant<'state', Outcome>('state', {
  queued: record({ state: oneOf('queued') }),
  running: record({ state: oneOf('running') }),
  warming: record<Extract<Outcome, { state: 'warming' }>>({ state: oneOf('warming') }, { said: text(longestSentence) }),
  cancelled: record<Extract<Outcome, { state: 'cancelled' }>>({ state: oneOf('cancelled') }, { byReload: isFlag }),
  done: isAnswer,
  failed: record<Extract<Outcome, { state: 'failed' }>>(
    { state: oneOf('failed'), failure: isFailure, canRetry: isFlag },
    { hasExchange: isFlag },
  ),
});

export const isTopK = integer(leastTopK, mostTopK);

const isEndpoint = record<EndpointChoice>(
  {
    id: isId,
    label: isLabel,
    targetLabel: isLabel,
    state: oneOf('starting', 'ready', 'stopped', 'failed'),
  },
  { reason: text(longestSentence), isRemote: isFlag },
);

const isConnection = record<ConnectionView>(
  {
    routes: list(
      record<RouteView>({ kind: isRouteKind, label: isLabel }, { unavailable: text(longestSentence) }),
      mostRoutes,
    ),
    isOpen: isFlag,
    models: list(isLabel, mostModels),
    hasCredentials: isFlag,
  },
  { route: isRouteKind, model: isLabel },
);

const isImage = record<ImageView>({ id: isId, name: isLabel, origin: isLabel, outcome: isOutcome }, { isGone: isFlag });

export const isHistoryEntry = record<HistoryView>({
  id: isId,
  imageId: isId,
  name: isLabel,
  at: number(0, 1e15),
  answer: isAnswer,
});

const isProgress = record<ProgressView>({
  done: integer(0, mostImages),
  failed: integer(0, mostImages),
  total: integer(0, mostImages),
});

export const isClassifyState = record<ClassifyState>(
  {
    panelId: isId,
    endpointCount: integer(0, mostEndpoints),
    topK: isTopK,
    images: list(isImage, mostImages),
    history: list(isHistoryEntry, mostHistory),
  },
  { endpoint: isEndpoint, connection: isConnection, endpointsFailure: isFailure, progress: isProgress },
);
