import { leastTopK, mostTopK } from '../../src/panel/messages/classifyState.ts';
import { el } from '../dom.ts';

/** How many predictions are shown: a slider and a number that mean the same. */
export class TopK {
  readonly element: HTMLElement;
  private readonly slider = this.input('range');
  private readonly field = this.input('number');

  constructor(private readonly onChange: (topK: number) => void) {
    this.field.setAttribute('data-testid', 'k');
    this.field.id = 'top-k';
    this.slider.setAttribute('data-testid', 'k-slider');
    this.element = el(
      'div',
      { class: 'field top-k' },
      el('label', { class: 'caption', for: 'top-k' }, 'Predictions per image'),
      el('div', { class: 'top-k-inputs' }, this.slider, this.field),
    );
  }

  show(topK: number): void {
    this.slider.value = this.field.value = String(topK);
  }

  private input(type: 'range' | 'number'): HTMLInputElement {
    const input = el('input', {
      type,
      min: String(leastTopK),
      max: String(mostTopK),
      step: '1',
      'aria-label': 'Predictions per image',
    });
    input.addEventListener('input', () => {
      const value = Number(input.value);
      // While a number is being typed it may be empty or too large for a moment.
      if (!Number.isInteger(value) || value < leastTopK || value > mostTopK) return;
      (input === this.slider ? this.field : this.slider).value = String(value);
      this.onChange(value);
    });
    input.addEventListener('change', () => {
      if (input.value !== this.slider.value) input.value = this.slider.value;
    });
    return input;
  }
}
