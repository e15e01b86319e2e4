import type { ModelContract } from '../contract/modelContract.ts';
import type { ErrorCategory } from '../foundation/error.ts';
import type { Interpretation } from '../inference/index.ts';

/** A graph that is tried before it is packaged. Crosses the process boundary as JSON. */
export interface TriedGraph {
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  /** Files with its weights, by the name that the graph gives them. */
  readonly externalData: readonly { readonly path: string; readonly file: string }[];
  /** The graph's input that takes the picture; the first one when left out. */
  readonly inputName?: string;
}

/** The first message to the process. */
export interface TrialOrder {
  readonly kind: 'try';
  readonly graph: TriedGraph;
}

/** Each further message to the process. */
export interface TrialQuestion {
  readonly id: number;
  /** The picture's file, in base64. */
  readonly picture: string;
  readonly contract: ModelContract;
}

export interface TrialAnswer {
  readonly interpretation: Interpretation;
  /** What the model sees: a `data:` URL of a PNG, and a sentence each about the file and the tensor. */
  readonly seen: { readonly url: string; readonly notes: readonly string[] };
}

export interface TrialFailure {
  readonly category: ErrorCategory;
  readonly summary: string;
  readonly remedy?: string;
}

export type TrialMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: TrialAnswer }
  /** This question alone has no answer. */
  | { readonly kind: 'no-answer'; readonly id: number; readonly failure: TrialFailure }
  /** The last message: the process ends after it. */
  | ({ readonly kind: 'failed' } & TrialFailure);
