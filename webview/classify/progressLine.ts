import type { ProgressView } from '../../src/panel/messages/classifyState.ts';
import { el } from '../dom.ts';
import { words } from './words.ts';

/** How far many images are: `17 of 62 done, 3 failed`. */
export class ProgressLine {
  readonly element: HTMLElement;
  private readonly bar = el('progress', { 'aria-labelledby': 'progress-text' });
  private readonly text = el('span', { id: 'progress-text', 'data-testid': 'progress' });

  constructor() {
    this.element = el('div', { class: 'progress' }, this.bar, this.text);
    this.element.hidden = true;
  }

  show(progress: ProgressView | undefined): void {
    this.element.hidden = progress === undefined;
    if (!progress) return;
    const { done, total, failed } = progress;
    this.bar.max = total;
    this.bar.value = done;
    this.text.textContent = words.results.progress(done, total, failed);
  }
}
