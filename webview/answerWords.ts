import type { AnswerKind } from '../src/panel/messages/classifyState.ts';
import { formatCount } from './numbers.ts';

/** How each kind of answer is shown. */
export interface Look {
  /** For screen readers: what the list is. */
  readonly list: string;
  /** What has to be known to read it rightly; nothing for the usual kind. */
  readonly caption?: string;
  /** Probabilities have bars and percent, everything else is a number as it came. */
  readonly isProbability: boolean;
  readonly name?: (label: string) => string;
}

export const looks: Readonly<Record<AnswerKind, Look>> = {
  probabilities: { list: 'Predictions, most probable first', isProbability: true },
  'multi-label': {
    list: 'Labels, most probable first',
    caption: 'Each label by itself: the percentages need not sum to 100%.',
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

export const answerWords = {
  nothing: 'no class',
  noClass: 'The model answered with no class at all.',
  counts: 'counts',
  below: 'below its threshold',
  /** The model has more classes than the server named. */
  fewer: (shown: number, all: number): string =>
    `The runtime answers with ${classes(shown)} of the model's ${formatCount(all)}. To get all of them, package the model with the handler model-deck:image-classifier.`,
  /** Nobody here knows how many classes the model has. */
  fewerMaybe: (shown: number): string => `The answer names ${classes(shown)}.`,
} as const;

function classes(count: number): string {
  return count === 1 ? 'one class' : `${formatCount(count)} classes`;
}
