import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  askInTurn,
  back,
  type Answers,
  type PickStep,
  type Place,
  type Question,
  type QuestionWindow,
} from '../../../src/commands/core/questions.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';

type Key = 'where' | 'space' | 'other' | 'claim' | 'name';

const pick = (prompt: string): PickStep => ({ kind: 'pick', prompt, items: [{ value: 'a', label: 'a' }] });
const isCluster = ({ where }: Answers<Key>): boolean => where === 'cluster';

/** A target, and for a cluster a namespace (which may be typed), a claim and a name. */
function questions(claim: () => Promise<PickStep> = () => Promise.resolve(pick('claim'))): readonly Question<Key>[] {
  const loaded = { applies: isCluster, loading: () => 'Reading…' };
  return [
    { key: 'where', decides: true, ask: () => pick('where') },
    { key: 'space', ...loaded, load: () => Promise.resolve(pick('space')) },
    {
      key: 'other',
      isPart: true,
      ask: ({ space }) => (space === 'other' ? { kind: 'input', prompt: 'other' } : undefined),
    },
    { key: 'claim', ...loaded, load: claim },
    { key: 'name', ask: (answers) => (isCluster(answers) ? { kind: 'input', prompt: 'name' } : undefined) },
  ];
}

/** Answers in turn; remembers what it was shown. */
function windowOf(...answers: readonly (string | typeof back)[]): QuestionWindow & { readonly shown: string[] } {
  const left = [...answers];
  const shown: string[] = [];
  return {
    shown,
    show: ({ step, totalSteps }: Place, { prompt, value }, complaint) => {
      const total = totalSteps === undefined ? '' : `/${totalSteps}`;
      shown.push([`${prompt} ${step}${total}`, value, complaint?.message].filter(Boolean).join(' | '));
      const answer = left.shift();
      return answer === undefined ? Promise.reject(ModelDeckError.cancelled()) : Promise.resolve(answer);
    },
    busy: (_place, _text, work) => work(new AbortController().signal),
  };
}

describe('askInTurn', () => {
  it('numbers the steps when their count is known, and never changes it afterwards', async () => {
    const window = windowOf('cluster', 'other', 'ml', 'models', 'net');
    const answers = await askInTurn<Key>('', questions(), window);
    assert.deepEqual(window.shown, ['where 1', 'space 2/4', 'other 2/4', 'claim 3/4', 'name 4/4']);
    assert.deepEqual(answers, { where: 'cluster', space: 'other', other: 'ml', claim: 'models', name: 'net' });
  });

  it('ends after the one question that decides that there are no others', async () => {
    const window = windowOf('here');
    await askInTurn<Key>('', questions(), window);
    assert.deepEqual(window.shown, ['where 1']);
  });

  it('goes back to the answers as they were given', async () => {
    const window = windowOf('cluster', 'ml', back, 'team', 'models', 'net');
    await askInTurn<Key>('', questions(), window);
    assert.deepEqual(window.shown.slice(2, 5), ['claim 3/4', 'space 2/4 | ml', 'claim 3/4']);
  });

  it('asks again for the answer that led nowhere, says why, and tries once more when it is given again', async () => {
    let tries = 0;
    const window = windowOf('cluster', 'ml', 'ml', 'models', 'net');
    const claim = (): Promise<PickStep> => {
      tries += 1;
      const error = new ModelDeckError('unsupported', 'Nothing serves it.', { remedy: 'Install a runtime.' });
      return tries === 1 ? Promise.reject(error) : Promise.resolve(pick('claim'));
    };
    const answers = await askInTurn<Key>('', questions(claim), window);
    assert.deepEqual(window.shown.slice(1, 4), ['space 2/4', 'space 2/4 | ml | Nothing serves it.', 'claim 3/4']);
    assert.equal(answers.claim, 'models');
  });

  it('throws what the first question finds, and what the user leaves', async () => {
    const broken: Question<Key> = {
      key: 'space',
      applies: () => true,
      loading: () => '',
      load: () => Promise.reject(new ModelDeckError('unreachable', 'Nothing answers.')),
    };
    await assert.rejects(askInTurn<Key>('', [broken], windowOf()), /Nothing answers/);
    await assert.rejects(askInTurn<Key>('', questions(), windowOf('cluster')), { category: 'cancelled' });
  });
});
