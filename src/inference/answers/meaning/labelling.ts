import type { AnswerKnowledge, AnswerOffer, ClassValue } from '../answer.ts';
import { knownLabels } from './meaning.ts';

/** The classes of a row of numbers. */
export interface Labelling {
  /** Whether every number has its label for certain. */
  readonly isCertain: boolean;
  readonly classes: readonly Pick<ClassValue, 'label' | 'index'>[];
  readonly note?: string;
  readonly offers: readonly AnswerOffer[];
}

/** Lays labels over numbers only where there are as many of them; otherwise says what does not fit. */
export function labelled(count: number, knowledge: AnswerKnowledge): Labelling {
  const labels = knownLabels(knowledge);
  const background = knowledge.contract?.output.background;
  const first = knowledge.accepted?.has('background-first') === true ? 0 : undefined;
  const full = labels && withBackground(labels, background ?? first, count);
  if (full?.length === count)
    return { isCertain: true, classes: full.map((label, index) => ({ label, index })), offers: [] };
  const classes = Array.from({ length: count }, (_, index) => ({ index }));
  if (!labels) {
    const note = count > 1 ? 'No labels are known for this model; its classes are numbered from 0.' : undefined;
    return { isCertain: false, classes, ...(note !== undefined && { note }), offers: [] };
  }
  const isOneMore = count === labels.length + 1 && count > 2;
  return {
    isCertain: false,
    classes,
    note: `The answer has ${numbers(count)}, and ${labels.length} labels are known: which number belongs to which label is not certain, so none is named.`,
    offers: isOneMore
      ? [{ kind: 'background-first', text: 'The first number is a background class; the labels follow.' }]
      : [],
  };
}

/** Contracts may leave the background class out of their labels, or have it among them. */
function withBackground(labels: readonly string[], background: number | undefined, count: number): readonly string[] {
  if (background === undefined || labels.length + 1 !== count || background < 0 || background >= count) return labels;
  return labels.toSpliced(background, 0, 'background');
}

function numbers(count: number): string {
  return count === 1 ? 'one number' : `${count} numbers`;
}
