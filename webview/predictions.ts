import type { AnswerView, PredictionView } from '../src/panel/messages/classifyState.ts';
import { answerWords, looks, type Look } from './answerWords.ts';
import { el, foreign } from './dom.ts';
import { formatExact, formatNumber, formatPercent } from './numbers.ts';

/**
 * The list of labels with their bars or numbers, the largest first.
 * @param isExact with the numbers as they came beside the percentages
 */
export function predictionList(
  answer: Pick<AnswerView, 'kind' | 'predictions' | 'modelClasses'>,
  topK: number,
  isExact = false,
): HTMLElement {
  const look = looks[answer.kind];
  const shown = answer.predictions.slice(0, topK);
  const note = fewerThanAsked(answer, shown.length, topK);
  return el(
    'div',
    { class: 'answer', 'data-kind': answer.kind, 'data-testid': 'answer' },
    look.caption !== undefined && el('p', { class: 'quiet', 'data-testid': 'kind' }, look.caption),
    el('ol', { class: 'predictions', 'aria-label': look.list }, ...shown.map((one) => row(one, look, isExact))),
    note !== undefined && el('p', { class: 'quiet', 'data-testid': 'fewer' }, note),
  );
}

/** The first of an answer in a few words: `tabby, 42.1%`. */
export function summary({ kind, predictions }: AnswerView): { readonly label: string; readonly value: string } {
  const [first] = predictions;
  if (!first) return { label: answerWords.nothing, value: '' };
  const { name, isProbability } = looks[kind];
  return { label: name?.(first.label) ?? first.label, value: valueText(first, isProbability) };
}

/** The first few of an answer for a screen reader: `tabby 42.1%, lynx 3.2%`. */
export function saidOf({ kind, predictions }: Pick<AnswerView, 'kind' | 'predictions'>, most: number): string {
  const { isProbability, name } = looks[kind];
  return predictions
    .slice(0, most)
    .map((one) => [name?.(one.label) ?? one.label, valueText(one, isProbability)].filter(Boolean).join(' '))
    .join(', ');
}

function valueText({ value }: PredictionView, isProbability: boolean): string {
  if (value === undefined) return '';
  return isProbability ? formatPercent(value) : formatNumber(value);
}

function row(prediction: PredictionView, { isProbability, name }: Look, isExact: boolean): HTMLElement {
  const { label, value, counts } = prediction;
  const shownLabel = name?.(label) ?? label;
  const text = valueText(prediction, isProbability);
  const hasBar = isProbability && value !== undefined;
  return el(
    'li',
    {
      class: `prediction${hasBar ? '' : ' no-bar'}${counts === false ? ' below' : ''}${isExact ? ' with-exact' : ''}`,
      'data-testid': 'prediction',
    },
    foreign(shownLabel, { class: 'label', 'data-testid': 'label' }),
    hasBar && bar(shownLabel, value, text),
    value !== undefined &&
      el(
        'span',
        {
          class: 'percent',
          'data-testid': isProbability ? 'probability' : 'number',
          'data-value': String(value),
          title: formatExact(value),
        },
        text,
      ),
    isExact && value !== undefined && el('span', { class: 'quiet exact', 'data-testid': 'exact' }, formatExact(value)),
    counts !== undefined &&
      el(
        'span',
        { class: 'quiet threshold', 'data-testid': 'threshold' },
        counts ? answerWords.counts : answerWords.below,
      ),
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

/** Why fewer are shown than were asked for; nothing where the model has no more. */
function fewerThanAsked(
  { kind, predictions, modelClasses }: Pick<AnswerView, 'kind' | 'predictions' | 'modelClasses'>,
  shown: number,
  topK: number,
): string | undefined {
  if (shown === 0) return answerWords.noClass;
  if (shown >= topK || shown < predictions.length || (kind !== 'probabilities' && kind !== 'scores')) return undefined;
  if (modelClasses === undefined) return answerWords.fewerMaybe(shown);
  return modelClasses > shown ? answerWords.fewer(shown, modelClasses) : undefined;
}
