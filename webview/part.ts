import { el, present, type Attributes, type Child } from './dom.ts';

/** A part of the page that is rebuilt only when what it shows has changed, so that the focus and what is unfolded stay. */
export class Part {
  readonly element: HTMLElement;
  private shown: string | undefined;

  constructor(tag: 'div' | 'section', attributes: Attributes) {
    this.element = el(tag, attributes);
  }

  show(what: unknown, make: () => readonly Child[]): void {
    const key = JSON.stringify(what) ?? '';
    if (key === this.shown) return;
    this.shown = key;
    const children = present(make());
    this.element.hidden = children.length === 0;
    this.element.replaceChildren(...children);
  }
}

/** A part with its heading. */
export function section(title: string, id: string, ...content: readonly Child[]): HTMLElement {
  return el(
    'section',
    { 'aria-labelledby': `${id}-title`, 'data-testid': id },
    el('header', { class: 'section-head' }, el('h2', { id: `${id}-title` }, title)),
    ...content,
  );
}
