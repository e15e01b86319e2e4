import type { SeenView } from '../../src/panel/messages/classifyMessages.ts';
import { contractTable } from '../contractTable.ts';
import { el } from '../dom.ts';
import { words } from './words.ts';

/** The part of a card that shows what the model sees of its picture, and the contract; asked for when it is opened. */
export class SeenSection {
  private seen: SeenView | undefined;
  private box: HTMLElement | undefined;
  private isOpen = false;

  /** @param ask asks the host for it */
  constructor(private readonly ask: () => void) {}

  show(seen: SeenView): void {
    this.seen = seen;
    this.box?.replaceChildren(...parts(seen));
  }

  /** Another answer is on its way, maybe of another model. */
  forget(): void {
    this.seen = undefined;
  }

  draw(): HTMLElement {
    this.box = el('div', { class: 'seen', 'data-testid': 'seen', 'aria-live': 'polite' });
    if (this.seen) this.box.append(...parts(this.seen));
    else if (this.isOpen) this.ask();
    const summary = el('summary', { 'data-action': 'seen' }, words.seen.title);
    const details = el('details', { open: this.isOpen }, summary, this.box);
    details.addEventListener('toggle', () => {
      this.isOpen = details.open;
      if (this.isOpen && !this.seen) this.ask();
    });
    return details;
  }
}

function parts({ url, notes, rows }: SeenView): readonly Node[] {
  return [
    ...(url === undefined ? [] : [el('img', { src: url, alt: words.seen.image, 'data-testid': 'seen-image' })]),
    el('div', {}, ...notes.map((note) => el('p', { class: 'quiet' }, note)), rows.length > 0 && contractTable(rows)),
  ];
}
