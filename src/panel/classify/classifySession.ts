import { ModelDeckError } from '../../foundation/error.ts';
import type { Exchange, Interpretation } from '../../inference/index.ts';
import { answerView, reread, type RoutedResult } from './answerViews.ts';
import { savedSession, type SavedImage, type SavedSession } from './savedSession.ts';
import {
  forgetOldAnswers,
  heldBy,
  isActive,
  isPending,
  sumHeld,
  type AnsweredRun,
  type ImageInput,
  type SessionImage,
  type SessionWork,
} from './sessionImages.ts';
import {
  leastTopK,
  longestLabel,
  mostEndpoints,
  mostHistory,
  mostImages,
  mostTopK,
  type AnswerView,
  type ClassifyState,
  type EndpointChoice,
  type HistoryView,
  type ProgressView,
} from '../messages/classifyState.ts';
import { longestSentence, type Failure } from '../messages/shownFailure.ts';
import { clip, describeFailure } from '../showFailure.ts';

/** Images that are worked on at the same time. */
const mostAtOnce = 2;
/** Dropped and pasted images have no file to read again; this much of them is kept, in bytes. */
const mostHeld = 256 << 20;

/**
 * What happens in the panel: images, their answers, the choice of endpoint, and the history of this session. Plain
 * data and a queue; images wait in it while the chosen endpoint starts or has failed. A stopped one starts when it is asked.
 */
export class ClassifySession {
  private endpoints: readonly EndpointChoice[] = [];
  private endpointsFailure: Failure | undefined;
  private selectedId: string | undefined;
  /** Chosen as soon as it comes, unless another one is chosen first. */
  private wishedId: string | undefined;
  /** Was chosen before its target knows it. */
  private expected: EndpointChoice | undefined;
  private images: SessionImage[] = [];
  private history: HistoryView[] = [];
  private readonly thumbnailUrls = new Map<string, string>();
  /** Images that were added or started since the last time when none waited. */
  private readonly batch = new Set<string>();
  private busy = 0;
  private lastId = 0;

  constructor(
    private readonly panelId: string,
    private readonly work: SessionWork,
    private topK: number,
  ) {}

  /** Takes what was kept over a reload of the window; called first. @param inputOf how a picture is read again, if it can be */
  restore(saved: SavedSession, inputOf: (image: SavedImage) => ImageInput | undefined): void {
    this.topK = saved.topK;
    this.lastId = saved.lastId;
    this.images = saved.images.map((image) => {
      const { id, name, origin, outcome, answered } = image;
      const input = inputOf(image);
      const source = input ? { input } : { isGone: true };
      return { id, name, origin, ...source, outcome, triedThumbnail: true, ...(answered && { answered }) };
    });
    this.history = [...saved.history];
    for (const { imageId, url } of saved.thumbnails) this.thumbnailUrls.set(imageId, url);
    this.changed();
  }

  /** What a reload of the window needs. */
  saved(): SavedSession {
    const { topK, lastId, images, history, thumbnailUrls } = this;
    const endpointId = this.wishedId ?? this.selected()?.id;
    return savedSession({ topK, endpointId, lastId, images, history, thumbnails: thumbnailUrls });
  }

  state(): ClassifyState {
    const endpoint = this.selected();
    const connection = endpoint?.isRemote ? this.work.connection?.(endpoint.id) : undefined;
    const progress = this.progress();
    return {
      panelId: this.panelId,
      ...(endpoint && { endpoint }),
      ...(connection && { connection }),
      endpointCount: this.endpoints.length,
      ...(this.endpointsFailure && { endpointsFailure: this.endpointsFailure }),
      topK: this.topK,
      images: this.images.map(({ id, name, origin, outcome, isGone }) => ({
        id,
        name,
        origin,
        outcome,
        ...(isGone && { isGone }),
      })),
      ...(progress && { progress }),
      history: this.history,
    };
  }

  /** Image id and data: URL of every thumbnail that the state speaks of. */
  thumbnails(): Iterable<readonly [string, string]> {
    return this.thumbnailUrls;
  }

  /** All that can be chosen, and the chosen one. */
  choices(): { readonly endpoints: readonly EndpointChoice[]; readonly selected: EndpointChoice | undefined } {
    return { endpoints: this.endpoints, selected: this.selected() };
  }

  setEndpoints(endpoints: readonly EndpointChoice[]): void {
    this.endpointsFailure = undefined;
    this.endpoints = endpoints.slice(0, mostEndpoints).map(clipped);
    this.settleChoice();
    this.changed();
  }

  failEndpoints(error: unknown): void {
    this.endpointsFailure = describeFailure(error);
    this.changed();
  }

  /** Ids that are not there are left alone: the choice falls back by itself. */
  select(endpointId: string): void {
    if (!this.endpoints.some(({ id }) => id === endpointId)) return;
    this.selectedId = endpointId;
    this.wishedId = this.expected = undefined;
    this.changed();
  }

  /** Chooses it when it comes, and goes on with another one meanwhile. */
  wish(endpointId: string): void {
    this.wishedId = endpointId;
    this.settleChoice();
    this.changed();
  }

  /** Chooses one whose target is still being asked; images wait for it. Called again with what became of it. */
  expect(endpoint: EndpointChoice): void {
    if (this.endpoints.some(({ id }) => id === endpoint.id)) return this.select(endpoint.id);
    this.expected = clipped(endpoint);
    this.selectedId = endpoint.id;
    this.wishedId = undefined;
    this.changed();
  }

  /** Draws again what is known of the way to the endpoint. */
  connectionChanged(): void {
    this.changed();
  }

  setTopK(topK: number): void {
    this.topK = Math.min(mostTopK, Math.max(leastTopK, Math.round(topK)));
    this.changed();
  }

  /** @returns how many were not taken, because too many wait already */
  add(inputs: readonly ImageInput[]): number {
    const pending = this.images.filter(isPending);
    let held = sumHeld(pending);
    const taken = inputs
      .slice(0, mostImages - pending.length)
      .filter((input) => input.held === 0 || (held += input.held) <= mostHeld);
    this.startBatch();
    const images = taken.map((input): SessionImage => ({ ...this.named(input), input, outcome: { state: 'queued' } }));
    for (const { id } of images) this.batch.add(id);
    this.insert(images);
    return inputs.length - taken.length;
  }

  /** Gives an image that could not even be taken a row with its reason. */
  refuse(name: string, origin: string, error: unknown): void {
    const outcome = { state: 'failed', failure: describeFailure(error), canRetry: false } as const;
    this.insert([{ ...this.named({ name, origin }), outcome }]);
  }

  /** (Again) with the endpoint that is chosen now. */
  classify(ids: readonly string[]): void {
    for (const image of this.chosen(ids)) {
      if (!image.input || isPending(image)) continue;
      this.startBatch();
      image.outcome = { state: 'queued' };
      this.batch.add(image.id);
    }
    this.changed();
  }

  cancel(ids: readonly string[]): void {
    for (const image of this.chosen(ids)) {
      if (!isPending(image)) continue;
      image.run?.abort.abort();
      image.outcome = { state: 'cancelled' };
    }
    this.changed();
  }

  /** Those that are on their way to this endpoint. */
  cancelOn(endpointId: string): void {
    this.cancel(
      this.images.filter(({ run, outcome }) => isActive(outcome) && run?.endpointId === endpointId).map(({ id }) => id),
    );
  }

  cancelAll(): void {
    this.cancel(this.images.map(({ id }) => id));
  }

  remove(ids: readonly string[]): void {
    for (const image of this.chosen(ids)) image.run?.abort.abort();
    this.images = this.images.filter(({ id }) => !ids.includes(id));
    this.changed();
  }

  clearHistory(): void {
    this.history = [];
    this.changed();
  }

  /** The raw request and response of an image's newest run, and the endpoint that gave it; of a failed run, too. */
  answered(id: string): (AnsweredRun & { readonly name: string; readonly fileName: string }) | undefined {
    const image = this.images.find((one) => one.id === id);
    return image?.answered && { name: image.name, fileName: image.input?.path ?? image.name, ...image.answered };
  }

  /** Shows what an answer means after the user said how it is to be read; in the history, too. */
  reread(id: string, run: AnsweredRun, interpretation: Interpretation): void {
    const image = this.images.find((one) => one.id === id);
    if (!image?.answered || image.answered.exchange !== run.exchange || !run.result) return;
    const before = image.outcome;
    if (before.state !== 'done') return;
    const result = reread(run.result, interpretation);
    const answer = answerView(result, before.endpointLabel);
    image.answered = { ...image.answered, result };
    image.outcome = answer;
    this.history = this.history.map((entry) => (entry.answer === before ? { ...entry, answer } : entry));
    this.changed();
  }

  /** What an image was read from, to look at it again. */
  inputOf(id: string): ImageInput | undefined {
    return this.images.find((one) => one.id === id)?.input;
  }

  private named({ name, origin }: { readonly name: string; readonly origin: string }): Omit<SessionImage, 'outcome'> {
    this.lastId += 1;
    return {
      id: `image-${this.lastId}`,
      name: clip(name, longestLabel),
      origin: clip(origin, longestLabel),
      triedThumbnail: false,
    };
  }

  /** The newest batch stands on top, in the order in which it was chosen; the oldest finished ones make room. */
  private insert(images: readonly SessionImage[]): void {
    const all = [...images, ...this.images];
    let count = all.length;
    let held = sumHeld(all);
    const leaving = new Set<SessionImage>();
    for (const image of all.filter((one) => !isPending(one) && !images.includes(one)).reverse()) {
      const isNeeded = count > mostImages || (held > mostHeld && heldBy(image) > 0);
      if (!isNeeded) continue;
      leaving.add(image);
      count -= 1;
      held -= heldBy(image);
    }
    this.images = all.filter((image) => !leaving.has(image)).slice(0, mostImages);
    this.changed();
  }

  private startBatch(): void {
    if (!this.images.some(isPending)) this.batch.clear();
  }

  private progress(): ProgressView | undefined {
    const images = this.images.filter(({ id }) => this.batch.has(id));
    const waiting = images.filter(isPending).length;
    if (waiting === 0 || images.length < 2) return undefined;
    const failed = images.filter(({ outcome }) => outcome.state === 'failed').length;
    return { done: images.length - waiting, failed, total: images.length };
  }

  private chosen(ids: readonly string[]): readonly SessionImage[] {
    return this.images.filter(({ id }) => ids.includes(id));
  }

  private changed(): void {
    const shown = new Set([...this.images.map(({ id }) => id), ...this.history.map(({ imageId }) => imageId)]);
    for (const id of this.thumbnailUrls.keys()) if (!shown.has(id)) this.thumbnailUrls.delete(id);
    forgetOldAnswers(this.images);
    this.pump();
    this.work.onChange();
  }

  private settleChoice(): void {
    const ids = new Set(this.endpoints.map(({ id }) => id));
    if (this.expected && ids.has(this.expected.id)) this.expected = undefined;
    if (this.wishedId !== undefined && ids.has(this.wishedId)) {
      this.selectedId = this.wishedId;
      this.wishedId = undefined;
    }
    if (!this.selected())
      this.selectedId = this.endpoints.find(({ state }) => state === 'ready')?.id ?? this.endpoints[0]?.id;
  }

  private selected(): EndpointChoice | undefined {
    const { selectedId, expected } = this;
    return this.endpoints.find(({ id }) => id === selectedId) ?? (expected?.id === selectedId ? expected : undefined);
  }

  private pump(): void {
    while (this.busy < mostAtOnce) {
      const selected = this.selected();
      const endpoint = selected && canBeAsked(selected) ? selected : undefined;
      const queued = this.images.filter(({ outcome }) => outcome.state === 'queued');
      const next = endpoint ? queued[0] : queued.find(({ triedThumbnail }) => !triedThumbnail);
      if (!next?.input) return;
      this.busy += 1;
      const done = endpoint ? this.run(next, next.input, endpoint) : this.showThumbnail(next, next.input);
      void done.finally(() => {
        this.busy -= 1;
        this.changed();
      });
    }
  }

  private async run(image: SessionImage, input: ImageInput, endpoint: EndpointChoice): Promise<void> {
    const run = new AbortController();
    image.run = { abort: run, endpointId: endpoint.id };
    image.outcome = { state: 'running' };
    image.answered = undefined;
    try {
      const content = await input.read();
      if (!image.triedThumbnail) await this.makeThumbnail(image, content);
      if (run.signal.aborted) return;
      const result = await this.work.predict(endpoint.id, content, mostTopK, run.signal, {
        onWarmUp: (said) => this.warmUp(image, run.signal, said),
        onExchange: (exchange, route) => {
          if (!run.signal.aborted) image.answered = answeredRun(endpoint.id, exchange, route);
        },
      });
      if (run.signal.aborted) return;
      keepResult(image, result);
      const answer = answerView(result, endpoint.label);
      image.outcome = answer;
      this.remember(image, answer);
    } catch (error) {
      // Cancelling has changed the outcome already.
      if (run.signal.aborted) return;
      this.work.onError(`classify ${image.name}`, error);
      image.outcome =
        ModelDeckError.is(error) && error.category === 'cancelled'
          ? { state: 'cancelled' }
          : {
              state: 'failed',
              failure: describeFailure(error),
              canRetry: true,
              ...(image.answered !== undefined && { hasExchange: true }),
            };
    }
  }

  private warmUp(image: SessionImage, signal: AbortSignal, said: string | undefined): void {
    // A late word about a run that is over, or not the newest any more.
    if (signal.aborted || signal !== image.run?.abort.signal || !isActive(image.outcome)) return;
    image.outcome = { state: 'warming', ...(said !== undefined && { said: clip(said, longestSentence) }) };
    this.changed();
  }

  private remember(image: SessionImage, answer: AnswerView): void {
    this.lastId += 1;
    const entry = { id: `answer-${this.lastId}`, imageId: image.id, name: image.name, at: Date.now(), answer };
    this.history = [entry, ...this.history].slice(0, mostHistory);
  }

  /** Shows what waits for an endpoint. */
  private async showThumbnail(image: SessionImage, input: ImageInput): Promise<void> {
    image.triedThumbnail = true;
    try {
      await this.makeThumbnail(image, await input.read());
    } catch (error) {
      // The reason is told when the image is run: then there is an answer to wait for.
      this.work.onError(`read ${image.name}`, error);
    }
  }

  private async makeThumbnail(image: SessionImage, content: Uint8Array): Promise<void> {
    image.triedThumbnail = true;
    try {
      const url = await this.work.thumbnail(content);
      this.thumbnailUrls.set(image.id, url);
      this.work.onThumbnail(image.id, url);
    } catch (error) {
      // An image that cannot be shown is told by the prediction, with its reason.
      this.work.onError(`show ${image.name}`, error);
    }
  }
}

function clipped(endpoint: EndpointChoice): EndpointChoice {
  return {
    ...endpoint,
    label: clip(endpoint.label, longestLabel),
    targetLabel: clip(endpoint.targetLabel, longestLabel),
    ...(endpoint.reason !== undefined && { reason: clip(endpoint.reason, longestSentence) }),
  };
}

/** A stopped server of this computer starts when it is asked; one of a cluster is started by the user. */
function canBeAsked({ state, isRemote }: EndpointChoice): boolean {
  return state === 'ready' || (state === 'stopped' && !isRemote);
}

function keepResult(image: SessionImage, result: RoutedResult): void {
  if (image.answered) image.answered = { ...image.answered, result };
}

function answeredRun(endpointId: string, exchange: Exchange, route: string | undefined): AnsweredRun {
  return { endpointId, exchange, ...(route !== undefined && { route: clip(route, longestLabel) }) };
}
