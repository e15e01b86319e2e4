import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { image, make, outcomes, ready, result, settle } from './sessionHarness.ts';

describe('the answers of a classify session', () => {
  it('counts how far those are that were started together', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('alone')]);
    await settle();
    assert.equal(session.state().progress, undefined, 'one image needs no counting');
    calls[0]?.answer(result('tabby'));
    await settle();
    session.add(['a', 'b', 'c'].map((name) => image(name)));
    await settle();
    assert.deepEqual(session.state().progress, { done: 0, failed: 0, total: 3 });
    calls[1]?.answer(result('tabby'));
    calls[2]?.fail(new Error('boom'));
    await settle();
    assert.deepEqual(session.state().progress, { done: 2, failed: 1, total: 3 });
    calls[3]?.answer(result('tabby'));
    await settle();
    assert.equal(session.state().progress, undefined);
    session.classify(session.state().images.map(({ id }) => id));
    assert.equal(session.state().progress?.total, 4, 'the next start counts what it starts');
  });

  it('reads an answer again as the user says, in the history, too, and asks nobody', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    const came = {
      ...result('', 0.9),
      kind: 'scores',
      sendingNotes: ['scaled'],
      notes: ['scaled', 'unknown'],
    } as const;
    calls[0]?.heard.onExchange(came);
    calls[0]?.answer(came);
    await settle();
    const run = session.answered('image-1');
    assert.ok(run?.result);
    const values = [{ label: 'pneumonia', value: 0.9 }];
    session.reread('image-1', run, { kind: 'binary', values, notes: [], offers: [], assumed: [] });
    const { outcome } = session.state().images[0] ?? {};
    assert.ok(outcome?.state === 'done');
    assert.deepEqual([outcome.kind, outcome.predictions, outcome.notes], ['binary', values, ['scaled']]);
    assert.equal(session.state().history.length, 1);
    assert.deepEqual(session.state().history[0]?.answer, outcome);
    assert.equal(calls.length, 1);
  });

  it('does not read an old answer again when a newer one is on its way', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    calls[0]?.heard.onExchange(result(''));
    calls[0]?.answer(result('tabby'));
    await settle();
    const run = session.answered('image-1');
    assert.ok(run);
    session.classify(['image-1']);
    await settle();
    session.reread('image-1', run, { kind: 'binary', values: [], notes: [], offers: [], assumed: [] });
    assert.deepEqual(outcomes(session), ['running']);
  });
});
