import type { TryControlView, TryRequest } from '../../src/panel/messages/tryMessages.ts';
import { el, icon } from '../dom.ts';
import { words } from './words.ts';

type Select = (
  testId: string,
  options: readonly { readonly id: string; readonly text: string }[],
  chosen: string | undefined,
  onChoose: (id: string) => void,
) => HTMLSelectElement;

/** A drop-down list for each group of fields that can be changed here; those that are assumed say so. */
export function controlFields(
  controls: readonly TryControlView[],
  select: Select,
  post: (request: TryRequest) => void,
): readonly HTMLElement[] {
  return [
    el(
      'div',
      { class: 'try-controls' },
      ...controls.map(({ id, label, isAssumed, chosen, options }) =>
        el(
          'label',
          { class: 'field', 'data-testid': `control-${id}`, 'data-assumed': String(isAssumed) },
          el(
            'span',
            { class: 'caption' },
            label,
            isAssumed && el('span', { class: 'assumed-mark' }, icon('warning'), words.assumed),
          ),
          select(id, options, chosen, (option) => post({ type: 'change', control: id, option })),
        ),
      ),
    ),
  ];
}
