import type { ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import type { HistoryView } from '../../src/panel/messages/classifyState.ts';
import { el, foreign, icon } from '../dom.ts';
import { formatTime } from '../numbers.ts';
import { predictionList, summary } from '../predictions.ts';
import { button } from '../toolkit.ts';
import { thumbnailBox } from './imageCard.ts';
import { words } from './words.ts';

/** Every answer, one line each, which opens to all of its predictions. */
export class HistoryList {
  readonly element: HTMLElement;
  private readonly list = el('ol', { class: 'history-list' });
  private readonly open = new Set<string>();
  private shown = '';

  constructor(post: (request: ClassifyRequest) => void) {
    this.element = el(
      'section',
      { class: 'history', 'aria-labelledby': 'history-title' },
      el(
        'header',
        { class: 'section-head' },
        el('h2', { id: 'history-title' }, words.history.title),
        button(
          'secondary',
          () => post({ type: 'clear-history' }),
          { 'data-testid': 'clear-history' },
          words.history.clear,
        ),
      ),
      this.list,
    );
  }

  update(history: readonly HistoryView[], topK: number, thumbnails: ReadonlyMap<string, string>): void {
    this.element.hidden = history.length === 0;
    const key = JSON.stringify([
      history.map(({ id, imageId, answer }) => [id, thumbnails.has(imageId), answer.kind, answer.predictions[0]]),
      topK,
    ]);
    if (key === this.shown) return;
    this.shown = key;
    const focused = document.activeElement?.closest('[data-entry]')?.getAttribute('data-entry');
    this.list.replaceChildren(...history.map((entry) => this.row(entry, topK, thumbnails.get(entry.imageId))));
    for (const summary of this.list.querySelectorAll('summary'))
      if (summary.dataset['entry'] === focused) summary.focus();
  }

  private row(entry: HistoryView, topK: number, thumbnail: string | undefined): HTMLElement {
    const { id, name, at, answer } = entry;
    const first = summary(answer);
    const time = new Date(at);
    const details = el(
      'details',
      { open: this.open.has(id) },
      el(
        'summary',
        { 'data-entry': id },
        icon('chevron'),
        thumbnailBox(thumbnail),
        el('time', { datetime: time.toISOString() }, formatTime(time)),
        foreign(name, { class: 'history-name' }),
        foreign(first.label, { class: 'history-label' }),
        el('span', { class: 'percent' }, first.value),
        foreign(answer.endpointLabel, { class: 'quiet history-endpoint' }),
      ),
    );
    const fill = (): void => {
      // Made when it is opened: a list of hundreds stays quick.
      if (!details.open || details.childElementCount > 1) return;
      details.append(
        predictionList(answer, topK),
        el(
          'p',
          { class: 'quiet timing' },
          el('span', {}, words.card.prepare(answer.prepareMs)),
          el('span', {}, words.card.request(answer.requestMs)),
        ),
      );
    };
    fill();
    details.addEventListener('toggle', () => {
      if (details.open) this.open.add(id);
      else this.open.delete(id);
      fill();
    });
    return el('li', { 'data-testid': 'history-entry' }, details);
  }
}
