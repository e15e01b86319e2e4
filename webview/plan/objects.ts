import type { ObjectView, PlanRequest } from '../../src/panel/messages/planMessages.ts';
import { el, foreign, icon, present, type Child } from '../dom.ts';
import { button } from '../toolkit.ts';

const actionWords: Readonly<Record<ObjectView['action'], string>> = {
  create: 'Create',
  change: 'Change',
  unchanged: 'Unchanged',
};

/** Every object that will be made or changed. The one that is edited keeps its editor over all changes. */
export class Objects {
  readonly element = el('section', { 'aria-labelledby': 'objects-title', 'data-testid': 'objects' });
  private readonly list = el('ul', { class: 'objects' });
  private shown = '';

  constructor(
    private readonly post: (request: PlanRequest) => void,
    private readonly editor: HTMLElement,
  ) {
    this.element.append(
      el('header', { class: 'section-head' }, el('h2', { id: 'objects-title' }, 'What Will Be Applied')),
      this.list,
    );
    this.element.hidden = true;
  }

  update(objects: readonly ObjectView[], isEdited: boolean): void {
    const key = JSON.stringify([
      objects.map((object) => ({ ...object, yaml: object.isEdited ? '' : object.yaml })),
      isEdited,
    ]);
    if (key === this.shown) return;
    this.shown = key;
    this.element.hidden = objects.length === 0;
    // Moving the editor would take its focus away: it is put back where it was.
    const active = this.editor.contains(document.activeElement) ? document.activeElement : undefined;
    this.list.replaceChildren(...objects.map((object, index) => this.item(object, index, isEdited)));
    if (active instanceof HTMLElement) active.focus();
  }

  private item(object: ObjectView, index: number, isEdited: boolean): HTMLElement {
    const { kind, name, namespace, action, yaml, hasLive } = object;
    const difference =
      hasLive &&
      button(
        'secondary',
        () => this.post({ type: 'show-difference', index }),
        { 'data-testid': 'difference' },
        'Show Difference',
      );
    const tools = object.isEdited
      ? [
          difference,
          button(
            'secondary',
            () => this.post({ type: 'open-document' }),
            { 'data-testid': 'document' },
            'Open as Document',
          ),
          isEdited && button('secondary', () => this.post({ type: 'reset' }), { 'data-testid': 'reset' }, 'Undo Edits'),
        ]
      : [difference];
    return el(
      'li',
      { class: 'object', 'data-testid': 'object' },
      el(
        'header',
        { class: 'object-head' },
        el('span', { class: `action action-${action}` }, actionWords[action]),
        el('h3', {}, `${kind} `, foreign(name), el('span', { class: 'quiet' }, ` in ${namespace}`)),
        el('span', { class: 'tools' }, ...present(tools)),
      ),
      this.answer(object),
      this.removal(object),
      object.isEdited ? this.editor : folded(yaml),
    );
  }

  /** Whatever goes away is named: applying takes it without a word. */
  private removal({ removes }: ObjectView): Child {
    if (removes.length === 0) return undefined;
    const items = removes.map((field) => el('li', {}, el('code', { class: 'mono' }, field)));
    return el(
      'div',
      { 'data-testid': 'removes' },
      el('p', { class: 'warning' }, icon('warning'), el('span', {}, 'These fields are taken away:')),
      el('ul', {}, ...items),
    );
  }

  /** The server's words, when it would not take the object. */
  private answer({ refusal }: ObjectView): Child {
    if (!refusal) return undefined;
    return el(
      'p',
      { class: 'failure', 'data-testid': 'refusal' },
      icon('error'),
      el(
        'span',
        {},
        el('span', { class: 'failure-reason' }, refusal.reason),
        refusal.remedy !== undefined && ` ${refusal.remedy}`,
      ),
    );
  }
}

function folded(yaml: string): HTMLElement {
  return el('details', {}, el('summary', {}, 'Manifest'), el('pre', { tabindex: '0' }, yaml));
}
