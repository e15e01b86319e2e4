/**
 * Builds elements out of data. Texts always become text nodes: nothing in the pages parses markup, so that a label or
 * a server's answer cannot become any.
 */
export type Child = Node | string | false | undefined;

export interface Attributes {
  readonly [name: string]: string | boolean | undefined;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...present(children));
  return element;
}

/** `false` and `undefined` leave an attribute out, `true` sets it empty. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : value);
  }
}

export function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false);
}

/** A name or label of unknown language, kept from turning the text around it. */
export function foreign(text: string, attributes: Attributes = {}): HTMLElement {
  return el('bdi', { ...attributes, title: text }, text);
}

const icons = {
  image: 'M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3 2-2 2.5 2.5M10.5 5.8a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4z',
  chevron: 'M6 3.5L10.5 8 6 12.5',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  split: 'M2.5 3h11v10h-11zM8 3v10',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.4v.4',
  error: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v4M8 10.6v.4',
} as const;

/** A picture of 16 by 16 units that says nothing by itself. */
export function icon(name: keyof typeof icons): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  setAttributes(svg, { viewBox: '0 0 16 16', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' });
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  setAttributes(path, { d: icons[name] });
  svg.append(path);
  return svg;
}

/** A line that screen readers speak when it changes. */
export interface SpokenLine {
  readonly element: HTMLElement;
  readonly say: (text: string) => void;
}

export function spokenLine(): SpokenLine {
  const element = el('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite', 'data-testid': 'spoken' });
  return {
    element,
    say: (text) => {
      // Emptied first: the same words a second time would be no change.
      element.replaceChildren();
      requestAnimationFrame(() => element.replaceChildren(text));
    },
  };
}
