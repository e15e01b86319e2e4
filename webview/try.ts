import {
  isTryUpdate,
  type TryOutcome,
  type TryRequest,
  type TryState,
  type TryUpdate,
} from '../src/panel/messages/tryMessages.ts';
import { contractTable } from './contractTable.ts';
import { el, spokenLine } from './dom.ts';
import { connectHost } from './host.ts';
import { saidOf } from './predictions.ts';
import { Part, section } from './part.ts';
import { button } from './toolkit.ts';
import './try.css';
import { controlFields } from './try/controls.ts';
import { resultPart } from './try/result.ts';
import { words } from './try/words.ts';

/** The last step of the wizard: a picture, what the model sees of it, its answer, and the contract by which it came. */

const { post } = connectHost<TryRequest, TryUpdate>(isTryUpdate, ({ state: next }) => {
  const isFirst = state === undefined;
  announce(state?.outcome, next.outcome);
  state = next;
  draw(next);
  if (isFirst) heading.focus();
});

let state: TryState | undefined;

const heading = el('h1', { tabindex: '-1' });
const act = (type: 'use' | 'skip' | 'back' | 'cancel') => (): void => post({ type });
const actions = el(
  'div',
  { class: 'try-actions', role: 'group', 'aria-label': words.decide },
  button('primary', act('use'), { 'data-testid': 'use', title: words.useHelp }, words.use),
  button('secondary', act('skip'), { 'data-testid': 'skip', title: words.skipHelp }, words.skip),
  button('secondary', act('back'), { 'data-testid': 'back', title: words.backHelp }, words.back),
  button('secondary', act('cancel'), { 'data-testid': 'cancel', title: words.cancelHelp }, words.cancel),
);
const spoken = spokenLine();
const parts = {
  pictures: new Part('div', { class: 'try-pictures' }),
  result: new Part('div', { class: 'try-result' }),
  controls: new Part('div', {}),
  contract: new Part('div', {}),
};

document.body.append(
  el(
    'main',
    { class: 'page try' },
    el('header', { class: 'try-head' }, el('div', {}, heading, el('p', { class: 'quiet' }, words.intro)), actions),
    section(words.picture, 'picture', parts.pictures.element, parts.result.element),
    section(words.change, 'change', parts.controls.element),
    section(words.contract, 'all', parts.contract.element),
    spoken.element,
  ),
);
document.addEventListener('keydown', (event) => {
  const { key, ctrlKey, metaKey, altKey, defaultPrevented, target } = event;
  // Escape in an open list closes the list, and a letter chooses in it.
  const isTyping = target instanceof HTMLElement && target.closest('select, input') !== null;
  const type =
    key === 'Enter' && (ctrlKey || metaKey)
      ? 'use'
      : key === 'Escape' && !defaultPrevented && !isTyping
        ? 'cancel'
        : key.toLowerCase() === 's' && !ctrlKey && !metaKey && !altKey && !isTyping
          ? 'skip'
          : undefined;
  if (type === undefined) return;
  event.preventDefault();
  post({ type });
});
post({ type: 'ready' });

function draw({ title, pictures, picture, outcome, controls, rows, examples }: TryState): void {
  heading.textContent = title;
  parts.pictures.show([pictures, picture], () => [
    pictures.length > 0 &&
      el(
        'label',
        { class: 'field' },
        el('span', { class: 'visually-hidden' }, words.pictureToTry),
        select(
          'pictures',
          pictures.map(({ id, name }) => ({ id, text: name })),
          picture,
          (id) => post({ type: 'choose-picture', id }),
        ),
      ),
    button('secondary', () => post({ type: 'browse' }), { 'data-testid': 'browse' }, words.browse),
  ]);
  parts.result.show([outcome, examples, picture], () => resultPart(outcome, examples, picture, post));
  parts.controls.show(controls, () => controlFields(controls, select, post));
  parts.contract.show(rows, () => [contractTable(rows)]);
}

/** A drop-down list. A native one: it stays in its place when the page is drawn again, and every screen reader knows it. */
function select(
  testId: string,
  options: readonly { readonly id: string; readonly text: string }[],
  chosen: string | undefined,
  onChoose: (id: string) => void,
): HTMLSelectElement {
  const list = el(
    'select',
    { 'data-testid': testId },
    ...options.map(({ id, text }) => el('option', { value: id, selected: id === chosen }, text)),
  );
  list.addEventListener('change', () => onChoose(list.value));
  return list;
}

/** Tells a screen reader what the model answers. */
function announce(before: TryOutcome | undefined, outcome: TryOutcome): void {
  if (JSON.stringify(before) === JSON.stringify(outcome)) return;
  if (outcome.state === 'failed')
    spoken.say([outcome.failure.reason, outcome.failure.remedy].filter(Boolean).join(' '));
  if (outcome.state !== 'done') return;
  spoken.say(saidOf(outcome, 3));
}
