import type { ExampleView, TryOutcome, TryRequest, TriedView } from '../../src/panel/messages/tryMessages.ts';
import { predictionList } from '../predictions.ts';
import { el, foreign, icon, type Child } from '../dom.ts';
import { button, spinner } from '../toolkit.ts';
import { words } from './words.ts';

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
      return [el('p', { class: 'quiet', 'data-testid': 'empty' }, words.empty)];
    case 'running':
      return [
        el(
          'p',
          { class: 'running', 'data-testid': 'running' },
          spinner(),
          outcome.isLoading ? words.loading : words.computing,
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
    el('img', { src: url, alt: words.seenImage, 'data-testid': 'seen-image' }),
    el('figcaption', { class: 'quiet' }, words.seen),
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
    // The graph runs here: it answers with all that it has.
    predictionList({ ...outcome, modelClasses: outcome.classCount }, topK, true),
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
            title: words.keepHelp,
          },
          words.keep,
        ),
        kept && el('span', { class: 'quiet', 'data-testid': 'kept' }, words.kept, foreign(kept.label)),
      ),
  );
}
