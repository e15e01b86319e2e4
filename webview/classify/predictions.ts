import type { AnswerView } from '../../src/panel/messages/classifyState.ts';
import { el, foreign } from '../dom.ts';

/** The list of labels with their bars, most probable first. */
export function predictionList({ predictions, classCount }: AnswerView, topK: number): HTMLElement {
  const shown = predictions.slice(0, topK);
  const rows = shown.map(({ label, probability }) => {
    const percent = formatPercent(probability);
    const fill = el('span', { class: 'fill' });
    fill.style.width = `${probability * 100}%`;
    return el(
      'li',
      { class: 'prediction', 'data-testid': 'prediction' },
      foreign(label, { class: 'label', 'data-testid': 'label' }),
      el(
        'span',
        {
          class: 'bar',
          role: 'meter',
          'aria-label': label,
          'aria-valuemin': '0',
          'aria-valuemax': '100',
          'aria-valuenow': (probability * 100).toFixed(2),
          'aria-valuetext': percent,
        },
        fill,
      ),
      el('span', { class: 'percent', 'data-testid': 'probability', 'data-value': String(probability) }, percent),
    );
  });
  const isShort = shown.length < topK && shown.length === predictions.length;
  return el(
    'div',
    { class: 'answer' },
    el('ol', { class: 'predictions', 'aria-label': 'Predictions, most probable first' }, ...rows),
    isShort && el('p', { class: 'quiet' }, fewerThanAsked(shown.length, classCount)),
  );
}

function fewerThanAsked(shown: number, classCount: number): string {
  if (shown === 0) return 'The model answered with no class at all.';
  return classCount <= shown
    ? `The runtime answers with ${classCount === 1 ? 'one class' : `${classCount} classes`} only.`
    : `The runtime named ${shown} of ${classCount} classes.`;
}

/** `42.1 %`; small ones keep two digits, so that they do not all look like zero. */
export function formatPercent(probability: number): string {
  const percent = probability * 100;
  const digits = percent < 10 ? 2 : percent < 99.95 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

export function formatMs(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
