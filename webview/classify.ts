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
import { summary } from './classify/predictions.ts';
import { TopK } from './classify/topK.ts';
import { el, spokenLine } from './dom.ts';
import { connectHost } from './host.ts';
import { button } from './toolkit.ts';

/** The page that classifies images: shows the host's state and tells the host what the user wants. */

const host = connectHost<ClassifyRequest, ClassifyUpdate, SavedClassifyState>(isClassifyUpdate, receive);
const post = host.post;

let state: ClassifyState | undefined;
/** The page's own once shown, so that the slider never waits for the host. */
let topK: number | undefined;
const thumbnails = new Map<string, string>();
const cards = new Map<string, ImageCard>();

const endpointBar = new EndpointBar(post);
const topKField = new TopK((value) => {
  topK = value;
  post({ type: 'set-top-k', topK: value });
  draw();
});
const history = new HistoryList(post);
const count = el('span', { class: 'badge', 'aria-hidden': 'true' });
const runAll = button(
  'secondary',
  () => post({ type: 'classify', ids: idsWhere(({ outcome }) => !isPending({ outcome })) }),
  { 'data-testid': 'run-all' },
  'Run All Again',
);
const cancelAll = button(
  'secondary',
  () => post({ type: 'cancel', ids: idsWhere(isPending) }),
  { 'data-testid': 'cancel-all' },
  'Cancel All',
);
const clear = button(
  'secondary',
  () => post({ type: 'remove', ids: idsWhere(() => true) }),
  { 'data-testid': 'clear' },
  'Clear',
);
const list = el('ul', { class: 'cards' });
const results = el(
  'section',
  { class: 'results', 'aria-labelledby': 'results-title' },
  el(
    'header',
    { class: 'section-head' },
    el('h2', { id: 'results-title' }, 'Results'),
    count,
    runAll,
    cancelAll,
    clear,
  ),
  list,
);
const spoken = spokenLine();

const browse = button('primary', () => post({ type: 'browse' }), { 'data-testid': 'browse' }, 'Browse…');
document.body.append(
  el(
    'main',
    { class: 'page' },
    el('h1', { class: 'visually-hidden' }, 'Classify images'),
    el('section', { class: 'controls', 'aria-label': 'Endpoint and options' }, endpointBar.element, topKField.element),
    el('section', { class: 'intake', 'aria-label': 'Add images' }, dropZone(post), browse),
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
    case 'notice':
      spoken.say(update.text);
  }
}

function draw(): void {
  if (!state || topK === undefined) return;
  host.save({ topK, ...(state.endpoint && { endpointId: state.endpoint.id }) });
  endpointBar.update(state);
  drawCards(state, topK);
  history.update(state.history, topK, thumbnails);
}

function forgetThumbnails({ images, history: answers }: ClassifyState): void {
  const shown = new Set([...images.map(({ id }) => id), ...answers.map(({ imageId }) => imageId)]);
  for (const id of thumbnails.keys()) if (!shown.has(id)) thumbnails.delete(id);
}

function drawCards({ images, endpoint }: ClassifyState, k: number): void {
  results.hidden = images.length === 0;
  document.body.classList.toggle('has-results', images.length > 0);
  count.textContent = String(images.length);
  cancelAll.hidden = !images.some(isPending);
  runAll.hidden = images.every(isPending);
  const waitingFor = waitsFor(endpoint);
  for (const [id, card] of cards) {
    if (images.some((image) => image.id === id)) continue;
    // Where the keyboard was, its neighbour takes over.
    const hadFocus = card.element.contains(document.activeElement);
    const next = card.element.nextElementSibling ?? card.element.previousElementSibling ?? browse;
    card.element.remove();
    cards.delete(id);
    if (hadFocus && next instanceof HTMLElement) next.focus();
  }
  images.forEach((image, index) => {
    const card = cards.get(image.id) ?? new ImageCard(image.id, post);
    cards.set(image.id, card);
    card.update(image, { topK: k, thumbnail: thumbnails.get(image.id), waitingFor });
    const there = list.children[index];
    if (there !== card.element) list.insertBefore(card.element, there ?? null);
  });
}

/** What queued images wait for, when it is not just their turn. */
function waitsFor(endpoint: EndpointChoice | undefined): string | undefined {
  if (!endpoint) return 'Waiting for a deployed model.';
  const { label, state, isRemote } = endpoint;
  if (state === 'ready') return undefined;
  return state === 'stopped' && isRemote ? `Waiting until ${label} is started.` : `Waiting until ${label} is ready.`;
}

/** Tells a screen reader what is new, in one sentence for all that came at once. */
function announce(before: ClassifyState | undefined, { images }: ClassifyState): void {
  if (!before) return;
  const old = new Map(before.images.map(({ id, outcome }) => [id, outcome.state]));
  const news = images.flatMap(({ id, name, outcome }) => {
    if (old.get(id) === outcome.state) return [];
    if (outcome.state === 'warming') return [`${name}: the service is warming up.`];
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
