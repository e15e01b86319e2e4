import type { ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import type { ComparedView, ComparisonView } from '../../src/panel/messages/comparison.ts';
import { el, foreign, icon, present, type Child } from '../dom.ts';
import { formatExact, formatPercent } from '../numbers.ts';
import { button, spinner } from '../toolkit.ts';
import { words } from './words.ts';

/** The part of a card that compares its answer with that of another endpoint. Empty until the user asks for it. */
export class CompareSection {
  private readonly box = el('div', { class: 'comparison', 'aria-live': 'polite', 'data-testid': 'comparison' });

  constructor(
    private readonly id: string,
    private readonly post: (request: ClassifyRequest) => void,
  ) {}

  show(comparison: ComparisonView): void {
    this.box.replaceChildren(...present(this.parts(comparison)));
  }

  /** Another answer is on its way: what was compared is not true any more. */
  forget(): void {
    this.box.replaceChildren();
  }

  draw(): HTMLElement {
    return this.box;
  }

  private parts(comparison: ComparisonView): readonly Child[] {
    switch (comparison.state) {
      case 'running':
        return [
          el('p', { class: 'running' }, spinner(), el('span', {}, words.compare.running(comparison.second))),
          button(
            'secondary',
            () => this.post({ type: 'cancel-compare', id: this.id }),
            { 'data-testid': 'cancel-compare', 'data-action': 'cancel-compare' },
            words.card.cancel,
          ),
        ];
      case 'cancelled':
        return [el('p', { class: 'quiet' }, words.compare.cancelled(comparison.second))];
      case 'failed': {
        const { reason, remedy } = comparison.failure;
        return [
          el(
            'p',
            { class: 'failure' },
            icon('error'),
            el('span', {}, el('span', { class: 'failure-reason' }, reason), remedy !== undefined && ` ${remedy}`),
          ),
        ];
      }
      case 'done':
        return [
          el('h4', {}, words.compare.title(comparison.second)),
          el(
            'p',
            { class: `compare-${comparison.verdict}`, 'data-testid': 'verdict', 'data-verdict': comparison.verdict },
            icon(comparison.verdict === 'same' ? 'check' : 'warning'),
            el('span', {}, verdict(comparison)),
          ),
          ...missing(comparison).map((text) => el('p', { class: 'quiet' }, text)),
          classTable(comparison),
          ...contractPart(comparison),
        ];
    }
  }
}

function verdict({ verdict: kind, classes, isProbability }: ComparedView): string {
  const largest = classes[0];
  if (kind === 'not-comparable' || largest === undefined) return words.compare.notComparable;
  const difference = words.compare.largest(formatExact(largest.difference), largest.label, isProbability);
  return `${words.compare.verdicts[kind]} ${difference}`;
}

function missing({ common, onlyFirst, onlySecond, first, second, isSameOrder }: ComparedView): readonly string[] {
  return [
    ...(onlyFirst > 0 ? [words.compare.only(first, onlyFirst, common)] : []),
    ...(onlySecond > 0 ? [words.compare.only(second, onlySecond, common)] : []),
    ...(common > 1 && !isSameOrder ? [words.compare.otherOrder] : []),
  ];
}

function classTable({ first, second, classes, isProbability }: ComparedView): Child {
  if (classes.length === 0) return undefined;
  const shown = (value: number | undefined): string =>
    value === undefined ? '' : isProbability ? formatPercent(value) : formatExact(value);
  return table(
    words.compare.classes,
    [words.compare.class, first, second, words.compare.difference],
    classes.map(({ label, first: one, second: other, difference }) => [
      label,
      shown(one),
      shown(other),
      formatExact(difference),
    ]),
  );
}

function contractPart({ first, second, contract, unknownContract }: ComparedView): readonly Child[] {
  if (unknownContract.length > 0) {
    const names = unknownContract.map((which) => (which === 'first' ? first : second)).join(', ');
    return [el('p', { class: 'quiet' }, words.compare.unknownContract(names))];
  }
  if (contract.length === 0) return [el('p', { class: 'quiet' }, words.compare.sameContract)];
  return [
    table(
      words.compare.contract,
      [words.compare.field, first, second],
      contract.map(({ label, first: one, second: other }) => [label, one ?? '', other ?? '']),
    ),
  ];
}

function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  return el(
    'table',
    { class: 'compared' },
    el('caption', { class: 'quiet' }, caption),
    el('thead', {}, el('tr', {}, ...head.map((name) => el('th', { scope: 'col' }, foreign(name))))),
    el(
      'tbody',
      {},
      ...rows.map(([name = '', ...cells]) =>
        el('tr', {}, el('th', { scope: 'row' }, foreign(name)), ...cells.map((cell) => el('td', {}, cell))),
      ),
    ),
  );
}
