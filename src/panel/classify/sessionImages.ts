import type { Exchange } from '../../inference/index.ts';
import type { ConnectionView, Outcome } from '../messages/classifyState.ts';
import type { RoutedResult } from './answerViews.ts';

/** An image that can be read again for a second try. */
export interface ImageInput {
  readonly name: string;
  /** Where it comes from, for the eye only. */
  readonly origin: string;
  /** Its file, as a user would type it; missing for what was dropped or pasted. */
  readonly path?: string;
  /** The same as an address, to find it again after a reload of the window. */
  readonly uri?: string;
  /** Bytes that are held in memory for it; 0 for a file. */
  readonly held: number;
  /** @throws ModelDeckError when it cannot be read, or is too large */
  readonly read: () => Promise<Uint8Array>;
}

/** What is told while a question is on its way. */
export interface Heard {
  readonly onWarmUp: (said?: string) => void;
  /** Each answer as it came, whatever it turns out to mean. @param route the way into the cluster, where there is one */
  readonly onExchange: (exchange: Exchange, route?: string) => void;
}

/** What the session needs done. Given by the panel, so that the session knows neither VS Code nor the engine. */
export interface SessionWork {
  readonly predict: (
    endpointId: string,
    image: Uint8Array,
    k: number,
    signal: AbortSignal,
    heard: Heard,
  ) => Promise<RoutedResult>;
  /** How an endpoint is reached; nothing for one of this computer. */
  readonly connection?: (endpointId: string) => ConnectionView | undefined;
  /** A data: URL. */
  readonly thumbnail: (image: Uint8Array) => Promise<string>;
  /** Called after each change of what is shown. */
  readonly onChange: () => void;
  readonly onThumbnail: (imageId: string, url: string) => void;
  readonly onError: (doing: string, error: unknown) => void;
}

/** The newest run of an image that was answered, whatever the answer was. */
export interface AnsweredRun {
  readonly endpointId: string;
  readonly exchange: Exchange;
  readonly route?: string;
  /** What came, to be read again; missing after a failure, and after a reload of the window. */
  readonly result?: RoutedResult;
}

export interface SessionImage {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
  /** Missing for an image that was refused before it could be read, and for one whose picture is not kept. */
  readonly input?: ImageInput;
  readonly isGone?: boolean;
  outcome: Outcome;
  triedThumbnail: boolean;
  /** The newest run; older ones that are still unwinding are not heard any more. */
  run?: { readonly abort: AbortController; readonly endpointId: string };
  answered?: AnsweredRun | undefined;
}

/** Raw answers that are kept for all images together, in UTF-16 units. */
const mostKept = 32 << 20;

/** Lets go of the raw answers of old runs when there are too many. @param images the newest first */
export function forgetOldAnswers(images: readonly SessionImage[]): void {
  let kept = 0;
  for (const image of images) {
    kept += image.answered?.exchange.response.body.length ?? 0;
    if (kept > mostKept) image.answered = undefined;
  }
}

export function isPending({ outcome }: Pick<SessionImage, 'outcome'>): boolean {
  return outcome.state === 'queued' || isActive(outcome);
}

export function isActive({ state }: Outcome): boolean {
  return state === 'running' || state === 'warming';
}

export function heldBy({ input }: SessionImage): number {
  return input?.held ?? 0;
}

export function sumHeld(images: readonly SessionImage[]): number {
  return images.reduce((sum, image) => sum + heldBy(image), 0);
}
