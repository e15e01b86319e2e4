import type { ExampleView, TryOutcome, TryRequest, TriedView } from '../../src/panel/messages/tryMessages.ts';
import { predictionList } from '../classify/predictions.ts';
import { el, foreign, icon, type Child } from '../dom.ts';
import { button, spinner } from '../toolkit.ts';

/** How many labels are shown. */
const topK = 5;

/** What the model sees beside what it answers. */
export function resultPart(
  outcome: TryOutcome,
  examples: readonly ExampleView[],
  picture: string | undefined,
  post: (request: TryRequest) => void,
): readonly Child[] {
  switch (outcome.state) {
    case 'empty':
      return [el('p', { class: 'quiet', 'data-testid': 'empty' }, 'Choose a picture whose answer you know.')];
    case 'running':
      return [
        el(
          'p',
          { class: 'running', 'data-testid': 'running' },
          spinner('Computing'),
          outcome.isLoading ? 'Loading the model…' : 'Computing…',
        ),
      ];
    case 'failed':
      return [
        el(
          'p',
          { class: 'failure', 'data-testid': 'failure' },
          icon('error'),
          el(
            'span',
            {},
            el('span', { class: 'failure-reason' }, outcome.failure.reason),
            outcome.failure.remedy !== undefined && ` ${outcome.failure.remedy}`,
          ),
        ),
      ];
    case 'done':
      return [seenFigure(outcome), answerPart(outcome, examples, picture, post)];
  }
}

function seenFigure({ url }: TriedView): HTMLElement {
  return el(
    'figure',
    { class: 'try-seen' },
    el('img', { src: url, alt: 'The picture as the model gets it', 'data-testid': 'seen-image' }),
    el('figcaption', { class: 'quiet' }, 'What the model sees'),
  );
}

function answerPart(
  outcome: TriedView,
  examples: readonly ExampleView[],
  picture: string | undefined,
  post: (request: TryRequest) => void,
): HTMLElement {
  const { keeps, notes } = outcome;
  const kept = examples.find(({ image }) => image === picture);
  return el(
    'div',
    { class: 'try-answer' },
    predictionList(outcome, topK),
    ...notes.map((note) => el('p', { class: 'quiet', 'data-testid': 'note' }, note)),
    keeps !== undefined &&
      el(
        'div',
        { class: 'try-keep' },
        button(
          'secondary',
          () => post({ type: 'keep-example' }),
          {
            'data-testid': 'keep',
            title: 'Keep the picture and this label in model-deck.yaml; they are checked at every packaging and deploy',
          },
          'Keep as Example',
        ),
        kept && el('span', { class: 'quiet', 'data-testid': 'kept' }, 'Kept as ', foreign(kept.label)),
      ),
  );
}
