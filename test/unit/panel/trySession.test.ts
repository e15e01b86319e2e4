import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeContract } from '../../../src/contract/completeContract.ts';
import { assumedFields, type ModelContract } from '../../../src/contract/modelContract.ts';
import { isTryRequest, isTryUpdate } from '../../../src/panel/messages/tryMessages.ts';
import { controlViews, withChoice } from '../../../src/panel/try/tryControls.ts';
import { waitUntil } from '../../waitUntil.ts';
import { TrySession, type TriedModel, type TryPicture } from '../../../src/panel/try/trySession.ts';

const url = 'data:image/png;base64,AAAA';
const assumed = completeContract({ output: { labels: ['cat', 'dog'] } });
const picture = (id: string): TryPicture => ({ id, name: id, read: () => Promise.resolve(Buffer.from(id)) });

/** Answers "dog" where red comes first, and "cat" otherwise. */
const model: TriedModel = {
  ask: (_bytes, contract) =>
    Promise.resolve({
      interpretation: {
        kind: 'probabilities',
        values: [
          { label: contract.input.colour === 'rgb' ? 'dog' : 'cat', value: 0.75 },
          { label: 'other', value: 0.25 },
        ],
        notes: [],
        offers: [],
        assumed: [],
      },
      seen: { url, notes: ['The tensor is small.'] },
    }),
};

function session(options: Partial<ConstructorParameters<typeof TrySession>[0]> = {}): TrySession {
  return new TrySession({
    title: 'Try net',
    contract: assumed,
    pictures: [picture('a.jpg'), picture('b.jpg')],
    model: Promise.resolve(model),
    onChange: () => undefined,
    ...options,
  });
}

describe('a model is tried', () => {
  it('with the first picture at once, and what the page gets is in the contract of its messages', async () => {
    const tried = session();
    await tried.start();
    const state = tried.state();
    assert.equal(state.outcome.state, 'done');
    assert.equal(state.picture, 'a.jpg');
    assert.ok(isTryUpdate({ type: 'state', state }));
    assert.ok(!isTryUpdate({ type: 'state', state: { ...state, more: 1 } }));
  });

  it('again after each change, by which the changed field is said and no longer assumed', async () => {
    const tried = session();
    await tried.start();
    await tried.change('colour', 'bgr');
    const { outcome, rows } = tried.state();
    assert.equal(outcome.state === 'done' && outcome.predictions[0]?.label, 'cat');
    assert.equal(rows.find(({ field }) => field === 'input.colour')?.origin, 'said by you');
    assert.equal(tried.current().origins['input.mean']?.from, 'assumed');
  });

  it('and only who confirms makes nothing assumed of it', async () => {
    const tried = session();
    await tried.start();
    assert.ok(assumedFields(tried.current()).length > 0);
    assert.deepEqual(assumedFields(tried.confirmed()), []);
  });

  it('keeps the label that a picture has now as an example', async () => {
    const tried = session();
    tried.keepExample();
    assert.deepEqual(tried.examples(), [], 'there is no answer yet');
    await tried.start();
    tried.keepExample();
    await tried.choosePicture('b.jpg');
    await tried.change('colour', 'bgr');
    tried.keepExample();
    assert.deepEqual(tried.examples(), [
      { image: 'a.jpg', label: 'dog' },
      { image: 'b.jpg', label: 'cat' },
    ]);
  });

  it('drops an answer that comes after a newer question', async () => {
    const answers: (() => void)[] = [];
    const slow: TriedModel = {
      ask: async (bytes, contract) => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return model.ask(bytes, contract);
      },
    };
    const tried = session({ model: Promise.resolve(slow) });
    const first = tried.start();
    const second = tried.change('colour', 'bgr');
    await waitUntil('both were asked', () => Promise.resolve(answers.length === 2));
    answers.toReversed().forEach((answer) => answer());
    await Promise.all([first, second]);
    const { outcome } = tried.state();
    assert.equal(outcome.state === 'done' && outcome.predictions[0]?.label, 'cat');
  });

  it('says why there is no answer', async () => {
    const refused = Promise.reject(new Error('no graph'));
    refused.catch(() => undefined);
    const tried = session({ model: refused });
    await tried.start();
    const { outcome } = tried.state();
    assert.match(outcome.state === 'failed' ? outcome.failure.reason : '', /no graph/);
  });

  it('waits for a picture where there is none', async () => {
    const tried = session({ pictures: [] });
    await tried.start();
    assert.equal(tried.state().outcome.state, 'empty');
    await tried.addPicture(picture('c.jpg'));
    assert.equal(tried.state().picture, 'c.jpg');
    assert.equal(tried.state().outcome.state, 'done');
  });
});

describe('the choices of the page', () => {
  it('show what is chosen, and offer a value that is no preset as it is', () => {
    const odd: ModelContract = { ...assumed, input: { ...assumed.input, width: 97, height: 97 } };
    const chosen = (contract: ModelContract, id: string): unknown => {
      const view = controlViews(contract).find((control) => control.id === id);
      return view?.options.find((option) => option.id === view.chosen)?.text;
    };
    assert.equal(chosen(assumed, 'values'), "0 to 1, ImageNet's mean and deviation");
    assert.equal(chosen(odd, 'size'), '97 pixels · 97 pixels');
  });

  it('each make a contract in which they are chosen', () => {
    for (const { id, options } of controlViews(assumed)) {
      for (const option of options) {
        const changed = withChoice(assumed, id, option.id);
        assert.equal(
          controlViews(changed).find((control) => control.id === id)?.chosen,
          option.id,
          `${id}: ${option.id}`,
        );
      }
    }
  });

  it('leave as many numbers as there are channels, each with its own channel', () => {
    const grey = withChoice(assumed, 'colour', 'grey');
    assert.equal(grey.input.mean.length, 1);
    assert.equal(withChoice(grey, 'colour', 'rgb').input.std.length, 3);
    assert.deepEqual(withChoice(assumed, 'colour', 'bgr').input.mean, [0.406, 0.456, 0.485]);
  });

  it('let the resize follow the size', () => {
    assert.deepEqual(withChoice(assumed, 'size', '448').input.resize, { method: 'shorter-side', length: 512 });
    const squashed = withChoice(assumed, 'resize', 'exact');
    assert.deepEqual(withChoice(squashed, 'size', '299').input.resize, { method: 'exact', width: 299, height: 299 });
  });

  it('change nothing when the page asks for what there is not', () => {
    assert.equal(withChoice(assumed, 'colour', 'none'), assumed);
    assert.ok(isTryRequest({ type: 'change', control: 'colour', option: 'bgr' }));
    assert.ok(!isTryRequest({ type: 'change', control: 'colour' }));
  });
});
