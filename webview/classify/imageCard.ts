import type { BodyView, ClassifyRequest, ExchangeView, SeenView } from '../../src/panel/messages/classifyMessages.ts';
import type { AnswerView, ImageView, Outcome } from '../../src/panel/messages/classifyState.ts';
import { el, foreign, icon, present, type Child } from '../dom.ts';
import { button, spinner } from '../toolkit.ts';
import { formatMs } from './numbers.ts';
import { predictionList } from './predictions.ts';
import { SeenSection } from './seenSection.ts';

/** What a card needs to know besides its image. */
export interface CardContext {
  readonly topK: number;
  readonly thumbnail: string | undefined;
  /** What queued images wait for, when it is not just their turn. */
  readonly waitingFor: string | undefined;
}

/** One image of the results. It draws itself again when something about it has changed. */
export class ImageCard {
  readonly element: HTMLLIElement;
  private shown = '';
  private exchange: ExchangeView | undefined;
  private rawBox: HTMLElement | undefined;
  private isRawOpen = false;
  private readonly seen: SeenSection;

  constructor(
    private readonly id: string,
    private readonly post: (request: ClassifyRequest) => void,
  ) {
    this.seen = new SeenSection(() => post({ type: 'show-seen', id }));
    this.element = el('li', { class: 'card', tabindex: '-1', 'data-testid': 'result' });
  }

  update(image: ImageView, context: CardContext): void {
    const key = JSON.stringify([image, context]);
    if (key === this.shown) return;
    this.shown = key;
    if (!hasExchange(image.outcome)) this.exchange = undefined;
    if (image.outcome.state !== 'done') this.seen.forget();
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    this.element.dataset['state'] = image.outcome.state;
    this.element.setAttribute('aria-label', image.name);
    this.element.replaceChildren(
      thumbnailBox(context.thumbnail),
      el(
        'div',
        { class: 'card-body' },
        el(
          'header',
          { class: 'card-head' },
          el('h3', {}, foreign(image.name)),
          el('span', { class: 'quiet origin' }, foreign(image.origin)),
          this.action('remove', 'icon', () => this.post({ type: 'remove', ids: [this.id] }), icon('close'), {
            'aria-label': `Remove ${image.name}`,
            title: 'Remove',
          }),
        ),
        ...present(this.outcome(image.outcome, context)),
      ),
    );
    this.restoreFocus(focused);
  }

  showExchange(exchange: ExchangeView): void {
    this.exchange = exchange;
    this.rawBox?.replaceChildren(...rawParts(exchange));
  }

  showSeen(seen: SeenView): void {
    this.seen.show(seen);
  }

  private outcome(outcome: Outcome, { topK, waitingFor }: CardContext): readonly Child[] {
    switch (outcome.state) {
      case 'queued':
        return [el('p', { class: 'quiet' }, waitingFor ?? 'Waiting for its turn…'), this.actions(this.cancel())];
      case 'running':
        return [
          el('p', { class: 'running' }, spinner('Classifying'), el('span', {}, 'Classifying…')),
          this.actions(this.cancel()),
        ];
      case 'warming':
        return [
          el('p', { class: 'running', 'data-testid': 'warming' }, spinner('Warming up'), el('span', {}, 'Warming up…')),
          el('p', { class: 'quiet' }, outcome.said ?? 'The service may have to start first, which can take minutes.'),
          this.actions(this.cancel()),
        ];
      case 'cancelled':
        return [el('p', { class: 'quiet' }, 'Cancelled.'), this.actions(this.retry('Classify'))];
      case 'failed': {
        const { reason, remedy, deploymentId, credentialsFor } = outcome.failure;
        return [
          el(
            'p',
            { class: 'failure', 'data-testid': 'failure' },
            icon('error'),
            el('span', {}, el('span', { class: 'failure-reason' }, reason), remedy !== undefined && ` ${remedy}`),
          ),
          this.actions(
            outcome.canRetry && this.retry('Try Again'),
            deploymentId !== undefined &&
              this.action(
                'log',
                'secondary',
                () => this.post({ type: 'show-endpoint-log', id: deploymentId }),
                'Show Log',
              ),
            credentialsFor !== undefined &&
              this.action(
                'set-credentials',
                'secondary',
                () => this.post({ type: 'set-credentials', id: credentialsFor }),
                'Set Credentials…',
              ),
          ),
          hasExchange(outcome) && this.raw(),
        ];
      }
      case 'done':
        return [
          predictionList(outcome, topK),
          ...assumedNote(outcome.assumed),
          ...(outcome.notes ?? []).map((note) => el('p', { class: 'quiet', 'data-testid': 'note' }, note)),
          ...this.offers(outcome),
          el(
            'p',
            { class: 'quiet timing', 'data-testid': 'timing' },
            foreign(outcome.endpointLabel),
            el('span', {}, `prepare ${formatMs(outcome.prepareMs)}`),
            el('span', {}, `network + server ${formatMs(outcome.requestMs)}`),
          ),
          this.actions(
            this.retry('Run Again'),
            this.action(
              'curl',
              'secondary',
              () => this.post({ type: 'copy', id: this.id, as: 'curl' }),
              'Copy as curl',
            ),
            this.action(
              'python',
              'secondary',
              () => this.post({ type: 'copy', id: this.id, as: 'python' }),
              'Copy as Python',
            ),
          ),
          this.seen.draw(),
          this.raw(),
        ];
    }
  }

  private offers({ offers = [] }: AnswerView): readonly HTMLElement[] {
    return offers.map(({ kind, text }) =>
      el(
        'p',
        { class: 'offer', 'data-testid': 'offer' },
        el('span', { class: 'quiet' }, text),
        this.action(
          `accept-${kind}`,
          'secondary',
          () => this.post({ type: 'accept-offer', id: this.id, offer: kind }),
          'Read It So',
          { 'aria-label': `Read the answer so: ${text}` },
        ),
      ),
    );
  }

  /** Bodies are large, so they are asked for when they are opened. */
  private raw(): HTMLElement {
    this.rawBox = el('div', { class: 'raw', 'data-testid': 'exchange' });
    if (this.exchange) this.rawBox.append(...rawParts(this.exchange));
    const summary = el('summary', { 'data-action': 'raw' }, 'Request and response');
    const details = el('details', { open: this.isRawOpen }, summary, this.rawBox);
    const ask = (): void => {
      if (this.isRawOpen && !this.exchange) this.post({ type: 'show-exchange', id: this.id });
    };
    details.addEventListener('toggle', () => {
      this.isRawOpen = details.open;
      ask();
    });
    return details;
  }

  private cancel(): HTMLElement {
    return this.action('cancel', 'secondary', () => this.post({ type: 'cancel', ids: [this.id] }), 'Cancel');
  }

  private retry(title: string): HTMLElement {
    return this.action('retry', 'secondary', () => this.post({ type: 'classify', ids: [this.id] }), title);
  }

  private action(
    name: string,
    look: 'secondary' | 'icon',
    run: () => void,
    content: Child,
    attributes: Readonly<Record<string, string>> = {},
  ): HTMLElement {
    return button(look, run, { 'data-action': name, 'data-testid': name, ...attributes }, content);
  }

  private actions(...buttons: readonly Child[]): HTMLElement {
    return el('div', { class: 'actions' }, ...buttons);
  }

  /** The keyboard stays where it was: on the same button, or, when that is gone, on the card. */
  private restoreFocus(focused: Element | null): void {
    if (!focused) return;
    const name = focused.getAttribute('data-action');
    const again = name === null ? null : this.element.querySelector<HTMLElement>(`[data-action="${name}"]`);
    (again ?? this.element).focus();
  }
}

/** Whether there is a raw answer to look at. */
function hasExchange(outcome: Outcome): boolean {
  return outcome.state === 'done' || (outcome.state === 'failed' && outcome.hasExchange === true);
}

/** What nobody has confirmed stands beside every answer that depends on it. */
function assumedNote(assumed: readonly string[] = []): readonly HTMLElement[] {
  if (assumed.length === 0) return [];
  return [
    el(
      'p',
      { class: 'assumed', 'data-testid': 'assumed' },
      icon('warning'),
      el('span', {}, `Assumed: ${assumed.join(', ')}. Confirm it in model-deck.yaml.`),
    ),
  ];
}

export function thumbnailBox(url: string | undefined): HTMLElement {
  const box = el('div', { class: 'thumbnail', 'aria-hidden': 'true' });
  if (url === undefined) box.append(icon('image'));
  else box.append(el('img', { src: url, alt: '', draggable: 'false' }));
  return box;
}

function rawParts({ method, url, route, headers, request, status, response }: ExchangeView): readonly Node[] {
  return [
    el('h4', {}, 'Request'),
    ...(route === undefined ? [] : [el('p', { class: 'quiet', 'data-testid': 'exchange-route' }, route)]),
    el('p', { class: 'mono' }, `${method} ${url}`),
    ...headers.map(({ name, value }) => el('p', { class: 'mono' }, `${name}: ${value}`)),
    ...body('Request body', request),
    el('h4', {}, `Response, status ${status}`),
    ...body('Response body', response),
  ];
}

function body(label: string, { text, length }: BodyView): readonly Node[] {
  const box = el('pre', { tabindex: '0', 'aria-label': label }, text);
  if (text.length === length) return [box];
  return [box, el('p', { class: 'quiet' }, `The beginning of ${length.toLocaleString()} characters.`)];
}
