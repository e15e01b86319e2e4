import type { BodyView, ClassifyRequest, ExchangeView } from '../../src/panel/messages/classifyMessages.ts';
import { el } from '../dom.ts';
import { button } from '../toolkit.ts';
import { words } from './words.ts';

/** The part of a card that shows request and response; asked for when it is opened, because bodies are large. */
export class ExchangeSection {
  private exchange: ExchangeView | undefined;
  private box: HTMLElement | undefined;
  private isOpen = false;

  constructor(
    private readonly id: string,
    private readonly post: (request: ClassifyRequest) => void,
  ) {}

  show(exchange: ExchangeView): void {
    this.exchange = exchange;
    this.box?.replaceChildren(...this.parts(exchange));
  }

  /** Another answer is on its way. */
  forget(): void {
    this.exchange = undefined;
  }

  draw(): HTMLElement {
    this.box = el('div', { class: 'raw', 'data-testid': 'exchange' });
    if (this.exchange) this.box.append(...this.parts(this.exchange));
    else if (this.isOpen) this.ask();
    const summary = el('summary', { 'data-action': 'raw' }, words.exchange.title);
    const details = el('details', { open: this.isOpen }, summary, this.box);
    details.addEventListener('toggle', () => {
      this.isOpen = details.open;
      if (this.isOpen && !this.exchange) this.ask();
    });
    return details;
  }

  private ask(): void {
    this.post({ type: 'show-exchange', id: this.id });
  }

  private parts({ method, url, route, headers, request, status, response }: ExchangeView): readonly Node[] {
    return [
      el('h4', {}, words.exchange.request),
      ...(route === undefined ? [] : [el('p', { class: 'quiet', 'data-testid': 'exchange-route' }, route)]),
      el('p', { class: 'mono' }, `${method} ${url}`),
      ...headers.map(({ name, value }) => el('p', { class: 'mono' }, `${name}: ${value}`)),
      ...body(words.exchange.requestBody, request),
      el(
        'div',
        { class: 'raw-head' },
        el('h4', {}, words.exchange.response(status)),
        button(
          'secondary',
          () => this.post({ type: 'open-response', id: this.id }),
          { 'data-testid': 'open-response', 'data-action': 'open-response' },
          words.exchange.open,
        ),
      ),
      ...body(words.exchange.responseBody, response),
    ];
  }
}

/** A text that can be scrolled by keyboard has a role that takes its name. */
function body(label: string, { text, length }: BodyView): readonly Node[] {
  const box = el('pre', { tabindex: '0', role: 'group', 'aria-label': label }, text);
  if (text.length === length) return [box];
  return [box, el('p', { class: 'quiet' }, words.exchange.beginning(length))];
}
