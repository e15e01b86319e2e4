import {
  isClassifyUpdate,
  type ClassifyRequest,
  type ClassifyUpdate,
  type SavedClassifyState,
} from '../src/panel/messages/classifyMessages.ts';
import type { ClassifyState, EndpointChoice, ImageView } from '../src/panel/messages/classifyState.ts';
import './classify.css';
import { EndpointBar } from './classify/endpointBar.ts';
import { HistoryList } from './classify/historyList.ts';
import { ImageCard } from './classify/imageCard.ts';
import { dropZone } from './classify/intake.ts';
import { ProgressLine } from './classify/progressLine.ts';
import { TopK } from './classify/topK.ts';
import { words } from './classify/words.ts';
import { el, spokenLine } from './dom.ts';
import { connectHost } from './host.ts';
import { summary } from './predictions.ts';
import { button } from './toolkit.ts';

/** The page that classifies images: shows the host's state and tells the host what the user wants. */

const host = connectHost<ClassifyRequest, ClassifyUpdate, SavedClassifyState>(isClassifyUpdate, receive);
const post = host.post;

let state: ClassifyState | undefined;
/** The page's own once shown, so that the slider never waits for the host. */
let topK: number | undefined;
const thumbnails = new Map<string, string>();
const cards = new Map<string, ImageCard>();

/** From so many images on each has one line. */
const compactFrom = 12;
/** Of so many together it is told when all are done, not each. */
const mostSpoken = 5;

const endpointBar = new EndpointBar(post);
const topKField = new TopK((value) => {
  topK = value;
  post({ type: 'set-top-k', topK: value });
  draw();
});
const history = new HistoryList(post);
const count = el('span', { class: 'badge', 'aria-hidden': 'true' });
const progress = new ProgressLine();
const runAll = button(
  'secondary',
  () => post({ type: 'classify', ids: idsWhere(({ outcome, isGone }) => !isPending({ outcome }) && !isGone) }),
  { 'data-testid': 'run-all' },
  words.results.runAll,
);
const cancelAll = button(
  'secondary',
  () => post({ type: 'cancel', ids: idsWhere(isPending) }),
  { 'data-testid': 'cancel-all' },
  words.results.cancelAll,
);
const clear = button(
  'secondary',
  () => post({ type: 'remove', ids: idsWhere(() => true) }),
  { 'data-testid': 'clear' },
  words.results.clear,
);
const list = el('ul', { class: 'cards' });
const results = el(
  'section',
  { class: 'results', 'aria-labelledby': 'results-title' },
  el(
    'header',
    { class: 'section-head' },
    el('h2', { id: 'results-title' }, words.results.title),
    count,
    progress.element,
    runAll,
    cancelAll,
    clear,
  ),
  list,
);
const spoken = spokenLine();

const browse = button('primary', () => post({ type: 'browse' }), { 'data-testid': 'browse' }, words.browse);
document.body.append(
  el(
    'main',
    { class: 'page' },
    el('h1', { class: 'visually-hidden' }, words.page),
    el('section', { class: 'controls', 'aria-label': words.controls }, endpointBar.element, topKField.element),
    el('section', { class: 'intake', 'aria-label': words.intake }, dropZone(post), browse),
    results,
    history.element,
    spoken.element,
  ),
);
results.hidden = true;
history.element.hidden = true;
post({ type: 'ready' });

function receive(update: ClassifyUpdate): void {
  switch (update.type) {
    case 'state':
      announce(state, update.state);
      state = update.state;
      if (topK === undefined) {
        topK = state.topK;
        topKField.show(topK);
      }
      forgetThumbnails(state);
      draw();
      return;
    case 'thumbnail':
      thumbnails.set(update.imageId, update.url);
      draw();
      return;
    case 'exchange':
      cards.get(update.imageId)?.showExchange(update.exchange);
      return;
    case 'seen':
      cards.get(update.imageId)?.showSeen(update.seen);
      return;
    case 'comparison':
      cards.get(update.imageId)?.showComparison(update.comparison);
      return;
    case 'notice':
      spoken.say(update.text);
  }
}

function draw(): void {
  if (!state || topK === undefined) return;
  const { panelId, endpoint } = state;
  host.save({ panelId, topK, ...(endpoint && { endpointId: endpoint.id }) });
  const focused = document.activeElement;
  endpointBar.update(state);
  drawCards(state, topK);
  history.update(state.history, topK, thumbnails);
  keepFocus(focused);
}

/** The keyboard stays where it was; where that has gone, it is at what can be done next. */
function keepFocus(before: Element | null): void {
  if (!(before instanceof HTMLElement) || before === document.body) return;
  if (before.isConnected && before.checkVisibility()) return;
  if (document.activeElement !== document.body && document.activeElement !== before) return;
  [cancelAll, runAll, browse].find((one) => one.checkVisibility())?.focus();
}

function forgetThumbnails({ images, history: answers }: ClassifyState): void {
  const shown = new Set([...images.map(({ id }) => id), ...answers.map(({ imageId }) => imageId)]);
  for (const id of thumbnails.keys()) if (!shown.has(id)) thumbnails.delete(id);
}

function drawCards({ images, endpoint, progress: batch }: ClassifyState, k: number): void {
  results.hidden = images.length === 0;
  document.body.classList.toggle('has-results', images.length > 0);
  count.textContent = String(images.length);
  progress.show(batch);
  cancelAll.hidden = !images.some(isPending);
  runAll.hidden = images.every((image) => isPending(image) || image.isGone);
  for (const [id, card] of cards) {
    if (images.some((image) => image.id === id)) continue;
    // Where the keyboard was, its neighbour takes over.
    const hadFocus = card.element.contains(document.activeElement);
    const next = card.element.nextElementSibling ?? card.element.previousElementSibling ?? browse;
    card.element.remove();
    cards.delete(id);
    if (hadFocus && next instanceof HTMLElement) next.focus();
  }
  const isCompact = images.length >= compactFrom;
  list.classList.toggle('compact-list', isCompact);
  const focused = document.activeElement;
  const holder = [...cards.values()].find(({ element }) => element.contains(focused));
  const context = { topK: k, waitingFor: waitsFor(endpoint), isCompact };
  (isCompact ? failuresFirst(images) : images).forEach((image, index) => {
    const card = cards.get(image.id) ?? new ImageCard(image.id, post);
    cards.set(image.id, card);
    card.update(image, { ...context, thumbnail: thumbnails.get(image.id) });
    const there = list.children[index];
    if (there !== card.element) list.insertBefore(card.element, there ?? null);
  });
  // Moving a card takes its focus away.
  if (holder && !holder.element.contains(document.activeElement)) {
    holder.focusOn(focused?.getAttribute('data-action') ?? null);
  }
}

function failuresFirst(images: readonly ImageView[]): readonly ImageView[] {
  const hasFailed = ({ outcome }: ImageView): boolean => outcome.state === 'failed';
  return [...images.filter(hasFailed), ...images.filter((image) => !hasFailed(image))];
}

/** What queued images wait for, when it is not just their turn. */
function waitsFor(endpoint: EndpointChoice | undefined): string | undefined {
  if (!endpoint) return words.card.waitingForModel;
  const { label, state, isRemote } = endpoint;
  if (state === 'ready') return undefined;
  return state === 'stopped' && isRemote ? words.card.waitingForStart(label) : words.card.waitingForReady(label);
}

/** Tells a screen reader what is new, in one sentence for all that came at once; of many together, when all are done. */
function announce(before: ClassifyState | undefined, now: ClassifyState): void {
  if (!before) return;
  const many = [before.progress, now.progress].find((batch) => batch !== undefined && batch.total > mostSpoken);
  if (many) {
    const failed = now.images.filter(({ outcome }) => outcome.state === 'failed').length;
    if (!now.progress) spoken.say(words.results.finished(many.total, failed));
    return;
  }
  const old = new Map(before.images.map(({ id, outcome }) => [id, outcome.state]));
  const news = now.images.flatMap(({ id, name, outcome }) => {
    if (old.get(id) === outcome.state) return [];
    if (outcome.state === 'warming') return [words.card.warmingSpoken(name)];
    if (outcome.state === 'failed') return [`${name}: ${outcome.failure.reason}`];
    if (outcome.state !== 'done') return [];
    const { label, value } = summary(outcome);
    return [`${name}: ${[label, value].filter(Boolean).join(', ')}.`];
  });
  if (news.length > 0) spoken.say(news.join(' '));
}

function isPending({ outcome }: Pick<ImageView, 'outcome'>): boolean {
  return outcome.state === 'queued' || outcome.state === 'running' || outcome.state === 'warming';
}

function idsWhere(wanted: (image: ImageView) => boolean): readonly string[] {
  return (state?.images ?? []).filter(wanted).map(({ id }) => id);
}
