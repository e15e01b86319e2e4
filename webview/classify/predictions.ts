import type { AnswerKind, AnswerView, PredictionView } from '../../src/panel/messages/classifyState.ts';
import { el, foreign } from '../dom.ts';
import { formatNumber, formatPercent } from './numbers.ts';

/** How each kind of answer is shown. */
interface Look {
  /** For screen readers: what the list is. */
  readonly list: string;
  /** What has to be known to read it rightly; nothing for the usual kind. */
  readonly caption?: string;
  /** Probabilities have bars and percent, everything else is a number as it came. */
  readonly isProbability: boolean;
  readonly name?: (label: string) => string;
}

const looks: Readonly<Record<AnswerKind, Look>> = {
  probabilities: { list: 'Predictions, most probable first', isProbability: true },
  'multi-label': {
    list: 'Labels, most probable first',
    caption: 'Each label by itself: the percentages need not sum to 100 %.',
    isProbability: true,
  },
  binary: {
    list: 'Probability of the positive class',
    caption: 'One probability: yes or no.',
    isProbability: true,
    name: (label) => `P(${label})`,
  },
  scores: { list: 'Scores, highest first', caption: 'Scores, not probabilities.', isProbability: false },
  'class-only': { list: 'The class', caption: 'The class only, without a probability.', isProbability: false },
  numbers: { list: 'Numbers, highest first', caption: 'Numbers whose meaning is not known.', isProbability: false },
};

/** The list of labels with their bars or numbers, the largest first. */
export function predictionList(
  { kind, predictions, classCount }: Pick<AnswerView, 'kind' | 'predictions' | 'classCount'>,
  topK: number,
): HTMLElement {
  const look = looks[kind];
  const shown = predictions.slice(0, topK);
  const isShort = shown.length < topK && shown.length === predictions.length;
  const isList = kind === 'probabilities' || kind === 'scores';
  return el(
    'div',
    { class: 'answer', 'data-kind': kind, 'data-testid': 'answer' },
    look.caption !== undefined && el('p', { class: 'quiet', 'data-testid': 'kind' }, look.caption),
    el('ol', { class: 'predictions', 'aria-label': look.list }, ...shown.map((one) => row(one, look))),
    isShort && isList && el('p', { class: 'quiet' }, fewerThanAsked(shown.length, classCount)),
  );
}

/** The first of an answer in a few words: `tabby, 42.1 %`. */
export function summary({ kind, predictions }: AnswerView): { readonly label: string; readonly value: string } {
  const [first] = predictions;
  if (!first) return { label: 'no class', value: '' };
  const { name, isProbability } = looks[kind];
  return { label: name?.(first.label) ?? first.label, value: valueText(first, isProbability) };
}

function valueText({ value }: PredictionView, isProbability: boolean): string {
  if (value === undefined) return '';
  return isProbability ? formatPercent(value) : formatNumber(value);
}

function row(prediction: PredictionView, { isProbability, name }: Look): HTMLElement {
  const { label, value, counts } = prediction;
  const shownLabel = name?.(label) ?? label;
  const text = valueText(prediction, isProbability);
  const hasBar = isProbability && value !== undefined;
  return el(
    'li',
    { class: `prediction${hasBar ? '' : ' no-bar'}${counts === false ? ' below' : ''}`, 'data-testid': 'prediction' },
    foreign(shownLabel, { class: 'label', 'data-testid': 'label' }),
    hasBar && bar(shownLabel, value, text),
    value !== undefined &&
      el(
        'span',
        { class: 'percent', 'data-testid': isProbability ? 'probability' : 'number', 'data-value': String(value) },
        text,
      ),
    counts !== undefined &&
      el('span', { class: 'quiet threshold', 'data-testid': 'threshold' }, counts ? 'counts' : 'below its threshold'),
  );
}

function bar(label: string, value: number, text: string): HTMLElement {
  const fill = el('span', { class: 'fill' });
  fill.style.width = `${Math.min(1, Math.max(0, value)) * 100}%`;
  return el(
    'span',
    {
      class: 'bar',
      role: 'meter',
      'aria-label': label,
      'aria-valuemin': '0',
      'aria-valuemax': '100',
      'aria-valuenow': (value * 100).toFixed(2),
      'aria-valuetext': text,
    },
    fill,
  );
}

function fewerThanAsked(shown: number, classCount: number): string {
  if (shown === 0) return 'The model answered with no class at all.';
  return classCount <= shown
    ? `The runtime answers with ${classCount === 1 ? 'one class' : `${classCount} classes`} only.`
    : `The runtime named ${shown} of ${classCount} classes.`;
}
