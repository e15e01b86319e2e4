import type { ObjectView, PlanRequest, PlanState } from '../../src/panel/messages/planMessages.ts';
import { el, foreign, type Child } from '../dom.ts';
import { button } from '../toolkit.ts';
import { section } from '../part.ts';

/** Fields that somebody else manages, and what becomes of them. */
export function conflictSection(
  objects: readonly ObjectView[],
  choice: PlanState['conflictChoice'],
  post: (request: PlanRequest) => void,
): readonly Child[] {
  const rows = objects.flatMap(({ kind, name, conflicts }) =>
    conflicts.map(({ manager, field }) =>
      el(
        'tr',
        {},
        el('td', {}, el('code', { class: 'mono' }, field)),
        el('td', {}, `${kind} `, foreign(name)),
        el('td', {}, foreign(manager)),
      ),
    ),
  );
  if (rows.length === 0) return [];
  const head = ['Field', 'Object', 'Managed by'].map((text) => el('th', { scope: 'col' }, text));
  const decide = (what: 'take' | 'leave', title: string): HTMLElement =>
    button(
      choice === what ? 'primary' : 'secondary',
      () => post({ type: 'conflicts', choice: what }),
      { 'data-testid': what, 'aria-pressed': String(choice === what) },
      title,
    );
  return [
    section(
      'Managed by Others',
      'conflicts',
      el(
        'p',
        {},
        choice === 'take'
          ? 'These fields are taken over: Model Deck will manage them from now on.'
          : 'Somebody else has set these fields to other values. Take them over, or leave them as they are in the cluster.',
      ),
      el('table', { class: 'rows' }, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows)),
      el('div', { class: 'buttons' }, decide('take', 'Take Over'), decide('leave', 'Leave as They Are')),
    ),
  ];
}
