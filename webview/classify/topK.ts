import { leastTopK, mostTopK } from '../../src/panel/messages/classifyState.ts';
import { el } from '../dom.ts';
import { words } from './words.ts';

/** How many predictions are shown: a slider and a number that mean the same. */
export class TopK {
  readonly element: HTMLElement;
  private readonly slider = this.input('range', words.topK.slider);
  private readonly field = this.input('number', words.topK.label);
  private readonly note = el('p', {
    class: 'quiet top-k-note',
    id: 'top-k-note',
    role: 'status',
    'data-testid': 'k-note',
  });

  constructor(private readonly onChange: (topK: number) => void) {
    this.field.setAttribute('data-testid', 'k');
    this.field.setAttribute('aria-describedby', 'top-k-note');
    this.field.id = 'top-k';
    this.slider.setAttribute('data-testid', 'k-slider');
    this.element = el(
      'div',
      { class: 'field top-k' },
      el('label', { class: 'caption', for: 'top-k' }, words.topK.label),
      el('div', { class: 'top-k-inputs' }, this.slider, this.field),
      this.note,
    );
  }

  show(topK: number): void {
    this.slider.value = this.field.value = String(topK);
  }

  private input(type: 'range' | 'number', label: string): HTMLInputElement {
    const input = el('input', {
      type,
      min: String(leastTopK),
      max: String(mostTopK),
      step: '1',
      'aria-label': label,
    });
    input.addEventListener('input', () => {
      // While a number is being typed it may be empty for a moment.
      if (input.value !== '') this.take(Math.round(Number(input.value)));
    });
    input.addEventListener('change', () => {
      if (input.value !== this.slider.value) input.value = this.slider.value;
    });
    return input;
  }

  /** What lies outside the limits becomes the limit, and is said. */
  private take(wanted: number): void {
    const topK = Math.min(mostTopK, Math.max(leastTopK, wanted));
    this.note.textContent = topK === wanted ? '' : words.topK.limit(leastTopK, mostTopK, wanted > topK);
    this.show(topK);
    this.onChange(topK);
  }
}
