import type { ModelContract } from '../../contract/modelContract.ts';
import type { ErrorCategory } from '../../foundation/error.ts';
import type { ServedModel } from '../serverRequest.ts';

/** What the extension host and the server's process tell each other. */
export interface ServerOrder {
  readonly kind: 'serve';
  readonly model: ServedModel;
}

export type ServerMessage =
  | { readonly kind: 'step'; readonly step: ServerStep }
  | { readonly kind: 'log'; readonly line: string }
  | {
      readonly kind: 'ready';
      readonly url: string;
      readonly labels?: readonly string[];
      readonly contract?: ModelContract;
      readonly runtime?: string;
    }
  /** The last message: the process ends after it. */
  | { readonly kind: 'failed'; readonly category: ErrorCategory; readonly summary: string; readonly remedy?: string };

export type ServerStep = 'start-server' | 'load-model' | 'wait-ready';
