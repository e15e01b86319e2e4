import type { Interpretation } from './answer.ts';

/**
 * The label that an answer comes down to: the first one, and of yes and no the likelier. Undefined where the answer names none.
 */
export function chosenLabel({ kind, values }: Pick<Interpretation, 'kind' | 'values'>): string | undefined {
  const [first, second] = values;
  switch (kind) {
    case 'binary':
      return (first?.value ?? 0) >= 0.5 ? first?.label : second?.label;
    case 'probabilities':
    case 'multi-label':
    case 'class-only':
    case 'scores':
      return first?.label;
    case 'numbers':
      return undefined;
  }
}
