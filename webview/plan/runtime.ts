import type { PlanView } from '../../src/panel/messages/planMessages.ts';
import { el, foreign, type Child } from '../dom.ts';
import { section } from '../part.ts';

/** What will serve the model, why that, and why not the others. */
export function runtimeSection({ runtime, reason, others }: PlanView): readonly Child[] {
  const count = others.length === 1 ? 'the other one' : `the other ${others.length}`;
  return [
    section(
      'Runtime',
      'runtime',
      el('p', { class: 'runtime-name' }, foreign(runtime)),
      el('p', { class: 'quiet' }, reason),
      others.length > 0 &&
        el(
          'details',
          { 'data-testid': 'others' },
          el('summary', {}, `Why not ${count}?`),
          el('ul', { class: 'others' }, ...others.map((sentence) => el('li', {}, sentence))),
        ),
    ),
  ];
}
