import type { ClassifyRequest, ExchangeView, SeenView } from '../../src/panel/messages/classifyMessages.ts';
import type { AnswerView, ImageView, Outcome } from '../../src/panel/messages/classifyState.ts';
import type { ComparisonView } from '../../src/panel/messages/comparison.ts';
import { el, foreign, icon, present, type Child } from '../dom.ts';
import { predictionList, summary } from '../predictions.ts';
import { button, spinner } from '../toolkit.ts';
import { CompareSection } from './compareSection.ts';
import { ExchangeSection } from './exchangeSection.ts';
import { SeenSection } from './seenSection.ts';
import { words } from './words.ts';

/** What a card needs to know besides its image. */
export interface CardContext {
  readonly topK: number;
  readonly thumbnail: string | undefined;
  /** What queued images wait for, when it is not just their turn. */
  readonly waitingFor: string | undefined;
  /** One line, which opens to the whole card: for long lists. */
  readonly isCompact: boolean;
}

/** One image of the results. It draws itself again when something about it has changed. */
export class ImageCard {
  readonly element: HTMLLIElement;
  private shown = '';
  private isOpen = false;
  private redraw: () => void = () => undefined;
  private readonly exchange: ExchangeSection;
  private readonly seen: SeenSection;
  private readonly comparison: CompareSection;

  constructor(
    private readonly id: string,
    private readonly post: (request: ClassifyRequest) => void,
  ) {
    this.seen = new SeenSection(() => post({ type: 'show-seen', id }));
    this.exchange = new ExchangeSection(id, post);
    this.comparison = new CompareSection(id, post);
    this.element = el('li', { class: 'card', tabindex: '-1', 'data-testid': 'result' });
  }

  update(image: ImageView, context: CardContext): void {
    const key = JSON.stringify([image, context]);
    if (key === this.shown) return;
    this.shown = key;
    if (!hasExchange(image.outcome)) this.exchange.forget();
    if (image.outcome.state !== 'done') {
      this.seen.forget();
      this.comparison.forget();
    }
    this.redraw = () => this.draw(image, context);
    this.redraw();
  }

  showExchange(exchange: ExchangeView): void {
    this.exchange.show(exchange);
  }

  showSeen(seen: SeenView): void {
    this.seen.show(seen);
  }

  showComparison(comparison: ComparisonView): void {
    this.comparison.show(comparison);
  }

  private draw(image: ImageView, context: CardContext): void {
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    this.element.dataset['state'] = image.outcome.state;
    this.element.setAttribute('aria-label', image.name);
    this.element.classList.toggle('compact', context.isCompact);
    this.element.replaceChildren(...(context.isCompact ? [this.line(image, context)] : this.whole(image, context)));
    this.restoreFocus(focused);
  }

  /** What is folded away is not made: a list of hundreds stays quick. */
  private line(image: ImageView, context: CardContext): HTMLElement {
    const { label, value } = inShort(image.outcome, context.waitingFor);
    const details = el(
      'details',
      { open: this.isOpen },
      el(
        'summary',
        { 'data-action': 'line' },
        icon('chevron'),
        thumbnailBox(context.thumbnail),
        foreign(image.name, { class: 'line-name' }),
        image.outcome.state === 'failed' && icon('error'),
        foreign(label, { class: 'line-label', 'data-testid': 'line-label' }),
        el('span', { class: 'percent' }, value),
      ),
      this.isOpen && el('div', { class: 'card-whole' }, ...present(this.whole(image, context))),
    );
    details.addEventListener('toggle', () => {
      if (details.open === this.isOpen) return;
      this.isOpen = details.open;
      this.redraw();
    });
    return details;
  }

  private whole(image: ImageView, context: CardContext): readonly HTMLElement[] {
    const removal = this.action('remove', 'icon', () => this.post({ type: 'remove', ids: [this.id] }), icon('close'), {
      'aria-label': words.card.removeOne(image.name),
      title: words.card.remove,
    });
    const head = el(
      'header',
      { class: 'card-head' },
      el('h3', {}, foreign(image.name)),
      el('span', { class: 'quiet origin' }, foreign(image.origin)),
      removal,
    );
    return [
      thumbnailBox(context.thumbnail),
      el(
        'div',
        { class: 'card-body' },
        head,
        ...present(this.outcome(image, context)),
        image.isGone === true && el('p', { class: 'quiet', 'data-testid': 'gone' }, words.card.gone),
      ),
    ];
  }

  private outcome({ outcome, isGone = false }: ImageView, { topK, waitingFor }: CardContext): readonly Child[] {
    switch (outcome.state) {
      case 'queued':
        return [el('p', { class: 'quiet' }, waitingFor ?? words.card.waiting), this.actions(this.cancel())];
      case 'running':
        return [
          el('p', { class: 'running' }, spinner(), el('span', {}, words.card.classifying)),
          this.actions(this.cancel()),
        ];
      case 'warming':
        return [
          el('p', { class: 'running', 'data-testid': 'warming' }, spinner(), el('span', {}, words.card.warming)),
          el('p', { class: 'quiet' }, outcome.said ?? words.card.warmingLong),
          this.actions(this.cancel()),
        ];
      case 'cancelled':
        return [
          el('p', { class: 'quiet' }, outcome.byReload ? words.card.cancelledByReload : words.card.cancelled),
          this.actions(!isGone && this.retry(words.card.classify)),
        ];
      case 'failed':
        return this.failed(outcome, isGone);
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
            el('span', {}, words.card.prepare(outcome.prepareMs)),
            el('span', {}, words.card.request(outcome.requestMs)),
          ),
          this.actions(
            !isGone && this.retry(words.card.runAgain),
            this.copy('curl', words.card.copyCurl),
            this.copy('python', words.card.copyPython),
            !isGone && this.compare(),
          ),
          !isGone && this.comparison.draw(),
          !isGone && this.seen.draw(),
          this.exchange.draw(),
        ];
    }
  }

  private failed(outcome: Extract<Outcome, { readonly state: 'failed' }>, isGone: boolean): readonly Child[] {
    const { reason, remedy, deploymentId: logOf, credentialsFor: wants } = outcome.failure;
    const showLog = (id: string): HTMLElement =>
      this.action('log', 'secondary', () => this.post({ type: 'show-endpoint-log', id }), words.endpoint.log);
    const setCredentials = (id: string): HTMLElement =>
      this.action(
        'set-credentials',
        'secondary',
        () => this.post({ type: 'set-credentials', id }),
        words.endpoint.setCredentials,
      );
    return [
      el(
        'p',
        { class: 'failure', 'data-testid': 'failure' },
        icon('error'),
        el('span', {}, el('span', { class: 'failure-reason' }, reason), remedy !== undefined && ` ${remedy}`),
      ),
      this.actions(
        outcome.canRetry && !isGone && this.retry(words.card.tryAgain),
        logOf !== undefined && showLog(logOf),
        wants !== undefined && setCredentials(wants),
      ),
      hasExchange(outcome) && this.exchange.draw(),
    ];
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
          words.card.readSo,
          { 'aria-label': words.card.readSoHelp(text) },
        ),
      ),
    );
  }

  private copy(as: 'curl' | 'python', title: string): HTMLElement {
    return this.action(as, 'secondary', () => this.post({ type: 'copy', id: this.id, as }), title);
  }

  private compare(): HTMLElement {
    const attributes = { title: words.compare.buttonHelp };
    return this.action(
      'compare',
      'secondary',
      () => this.post({ type: 'compare', id: this.id }),
      words.compare.button,
      attributes,
    );
  }

  private cancel(): HTMLElement {
    return this.action('cancel', 'secondary', () => this.post({ type: 'cancel', ids: [this.id] }), words.card.cancel);
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

  private restoreFocus(focused: Element | null): void {
    if (focused) this.focusOn(focused.getAttribute('data-action'));
  }

  /** The keyboard stays where it was: on the same button, or, when that is gone, on the card. */
  focusOn(name: string | null): void {
    const again = name === null ? null : this.element.querySelector<HTMLElement>(`[data-action="${name}"]`);
    (again ?? this.element).focus();
  }
}

/** An outcome in one line. */
function inShort(outcome: Outcome, waitingFor: string | undefined): { readonly label: string; readonly value: string } {
  const only = (label: string): { readonly label: string; readonly value: string } => ({ label, value: '' });
  switch (outcome.state) {
    case 'queued':
      return only(waitingFor ?? words.card.waiting);
    case 'running':
      return only(words.card.classifying);
    case 'warming':
      return only(words.card.warming);
    case 'cancelled':
      return only(words.card.cancelled);
    case 'failed':
      return only(outcome.failure.reason);
    case 'done':
      return summary(outcome);
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
      el('span', {}, words.card.assumed(assumed.join(', '))),
    ),
  ];
}

export function thumbnailBox(url: string | undefined): HTMLElement {
  const box = el('div', { class: 'thumbnail', 'aria-hidden': 'true' });
  if (url === undefined) box.append(icon('image'));
  else box.append(el('img', { src: url, alt: '', draggable: 'false' }));
  return box;
}
