/**
 * The one error family of Model Deck. Engines throw it, `commands/` turns it into words and buttons.
 *
 * Engines are bundled into separate chunks, so `instanceof` would compare different copies of the class: use
 * {@link ModelDeckError.is}, which looks at a brand in the global symbol registry.
 */

/** What kind of thing went wrong. Closed: the UI chooses icon and wording by it. */
export type ErrorCategory =
  | 'invalid-input' // a file, field or argument is wrong; the user can fix it
  | 'unsupported' // we understand what it is, and do not serve it
  | 'hostile' // the input would execute code or escape its folder
  | 'not-found'
  | 'conflict' // something else is there already
  | 'permission' // the operating system said no
  | 'no-space'
  | 'missing-tool' // a program that the user must install
  | 'unreachable' // nothing answers at the address
  | 'unauthorized'
  | 'forbidden'
  | 'timeout'
  | 'server' // the other side answered with an error
  | 'cancelled'
  | 'internal'; // our own fault

/** A place in a text file. `line` and `column` are zero-based, as in VS Code and LSP. */
export interface FileLocation {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** What the user can do next, as data: `commands/nextSteps.ts` makes the button. */
export type NextStep =
  | { readonly kind: 'open-file'; readonly location: FileLocation }
  | { readonly kind: 'open-setting'; readonly setting: string }
  | { readonly kind: 'reveal-file'; readonly path: string }
  | { readonly kind: 'show-deployment-log'; readonly deploymentId: string }
  | ({ readonly kind: 'show-pod-logs'; readonly container: string; readonly previous?: boolean } & ClusterObject)
  | ({ readonly kind: 'show-events' } & ClusterObject)
  | ({ readonly kind: 'show-manifest' } & ClusterObject)
  | { readonly kind: 'set-credentials'; readonly endpointId: string }
  | { readonly kind: 'choose-kubeconfig' }
  | { readonly kind: 'deploy-model' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'show-log' };

/** An object of a cluster that a step leads to: a pod's logs, an object's events, an InferenceService's manifest. */
export interface ClusterObject {
  /** Of the kubeconfig. */
  readonly context?: string;
  readonly namespace: string;
  /** For example `Pod`. */
  readonly objectKind: string;
  readonly name: string;
}

export interface ModelDeckErrorOptions {
  /** The same in a few words without names, for a row of a tree: `connection refused`. */
  readonly brief?: string;
  /** One imperative sentence that tells what to do about it. */
  readonly remedy?: string;
  /** The file (and line) that the summary is about. */
  readonly location?: FileLocation;
  readonly nextStep?: NextStep;
  readonly cause?: unknown;
}

const brand = Symbol.for('model-deck.error');

export class ModelDeckError extends Error {
  readonly category: ErrorCategory;
  readonly brief: string | undefined;
  readonly remedy: string | undefined;
  readonly location: FileLocation | undefined;
  readonly nextStep: NextStep | undefined;
  readonly [brand] = true;

  /**
   * @param summary one sentence that names the file, field or object and what is wrong with it
   */
  constructor(category: ErrorCategory, summary: string, options: ModelDeckErrorOptions = {}) {
    super(summary, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ModelDeckError';
    this.category = category;
    this.brief = options.brief;
    this.remedy = options.remedy;
    this.location = options.location;
    this.nextStep = options.nextStep;
  }

  /**
   * The same error with some of its parts replaced: for whoever knows more about the place where it came up. The original
   * becomes the cause.
   */
  with(
    changes: ModelDeckErrorOptions & { readonly category?: ErrorCategory; readonly summary?: string },
  ): ModelDeckError {
    const { category = this.category, summary = this.message, ...options } = changes;
    const { brief, remedy, location, nextStep } = this;
    return new ModelDeckError(category, summary, {
      ...(brief !== undefined && { brief }),
      ...(remedy !== undefined && { remedy }),
      ...(location && { location }),
      ...(nextStep && { nextStep }),
      cause: this,
      ...options,
    });
  }

  static is(error: unknown): error is ModelDeckError {
    return typeof error === 'object' && error !== null && brand in error;
  }

  /**
   * Any error as one of the family; what is none becomes `internal` with its own text.
   */
  static from(error: unknown): ModelDeckError {
    if (ModelDeckError.is(error)) return error;
    return new ModelDeckError('internal', messageOf(error), { cause: error });
  }

  /** The error for an aborted task. */
  static cancelled(): ModelDeckError {
    return new ModelDeckError('cancelled', 'Cancelled.');
  }
}

/** What an error of any kind says, where there is room for one sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
