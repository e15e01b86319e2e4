import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { isClassifyUpdate } from '../../../src/panel/messages/classifyMessages.ts';
import { mostHistory, mostImages } from '../../../src/panel/messages/classifyState.ts';
import { image, make, outcomes, ready, result, service, settle, stopped, viewOf } from './sessionHarness.ts';

describe('a classify session', () => {
  it('works on two images at a time, in their order, and remembers the answers', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add(['a', 'b', 'c'].map((name) => image(name)));
    await settle();
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(outcomes(session), ['running', 'running', 'queued']);
    calls[0]?.answer(result('tabby'));
    await settle();
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    calls[1]?.answer(result('tiger cat'));
    calls[2]?.answer(result('lynx'));
    await settle();
    assert.deepEqual(outcomes(session), ['done', 'done', 'done']);
    assert.deepEqual(
      session.state().history.map(({ name }) => name),
      ['c', 'b', 'a'],
    );
  });

  it('lets the others go on when one is broken', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    const broken = (): Promise<Uint8Array> =>
      Promise.reject(new ModelDeckError('invalid-input', 'cut.jpg is cut off.', { remedy: 'Save it again.' }));
    session.add([image('cut.jpg', broken), image('cat.jpg')]);
    await settle();
    calls[0]?.answer(result('tabby'));
    await settle();
    const [cut, cat] = session.state().images;
    assert.deepEqual(cut?.outcome, {
      state: 'failed',
      failure: { reason: 'cut.jpg is cut off.', remedy: 'Save it again.' },
      canRetry: true,
    });
    assert.equal(cat?.outcome.state, 'done');
  });

  it('holds images until the chosen endpoint is ready, and shows them meanwhile', async () => {
    const { session, calls } = make();
    session.setEndpoints([{ ...stopped, state: 'starting' }]);
    session.add([image('a')]);
    await settle();
    assert.deepEqual(outcomes(session), ['queued']);
    assert.equal([...session.thumbnails()].length, 1);
    assert.equal(calls.length, 0);
    session.setEndpoints([{ ...stopped, state: 'ready' }]);
    await settle();
    assert.deepEqual(
      calls.map(({ endpointId }) => endpointId),
      ['here/dogs'],
    );
  });

  it('chooses a ready endpoint first, keeps the choice, and falls back when it goes', () => {
    const { session } = make();
    session.setEndpoints([stopped, ready]);
    assert.equal(session.state().endpoint?.id, ready.id);
    session.select(stopped.id);
    session.setEndpoints([ready, stopped]);
    assert.equal(session.state().endpoint?.id, stopped.id);
    session.select('nobody');
    assert.equal(session.state().endpoint?.id, stopped.id);
    session.setEndpoints([ready]);
    assert.equal(session.state().endpoint?.id, ready.id);
    session.setEndpoints([]);
    assert.equal(session.state().endpoint?.id, undefined);
  });

  it('cancels at once, aborts the request, and does not hear a late answer', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    session.cancelAll();
    assert.deepEqual(outcomes(session), ['cancelled']);
    assert.equal(calls[0]?.signal.aborted, true);
    calls[0]?.answer(result('late'));
    await settle();
    assert.deepEqual(outcomes(session), ['cancelled']);
    assert.equal(session.state().history.length, 0);
  });

  it('tries again with the endpoint that is chosen now', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready, { ...stopped, state: 'ready' }]);
    session.add([image('a')]);
    await settle();
    calls[0]?.fail(new Error('boom'));
    await settle();
    assert.deepEqual(outcomes(session), ['failed']);
    session.select(stopped.id);
    session.classify(['image-1', 'image-77']);
    await settle();
    assert.equal(calls[1]?.endpointId, stopped.id);
  });

  it('does not confuse a cancelled run with the next one', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    session.cancel(['image-1']);
    session.classify(['image-1']);
    await settle();
    calls[0]?.answer(result('old'));
    await settle();
    assert.deepEqual(outcomes(session), ['running']);
    calls[1]?.answer(result('new'));
    await settle();
    assert.equal(session.state().history[0]?.answer.predictions[0]?.label, 'new');
    assert.equal(session.state().history.length, 1);
  });

  it('makes what a server says fit the contract', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    const predictions = [
      { label: 'x'.repeat(100_000), value: Number.NaN },
      ...Array.from({ length: 50 }, () => ({ label: 'y', value: 7 })),
    ];
    calls[0]?.heard.onExchange(result(''));
    calls[0]?.answer({ ...result(''), predictions });
    await settle();
    const { outcome } = session.state().images[0] ?? {};
    assert.ok(outcome?.state === 'done');
    assert.equal(outcome.predictions.length, 20);
    assert.deepEqual(outcome.predictions.map(({ value }) => value).slice(0, 2), [undefined, 7]);
    assert.ok(isClassifyUpdate({ type: 'state', state: session.state() }));
    const exchange = viewOf(session, 'image-1');
    assert.ok(isClassifyUpdate({ type: 'exchange', imageId: 'image-1', exchange }));
    assert.equal(exchange?.request.length, 50_000);
  });

  it('stays within its limits of images, held bytes and history', async () => {
    const { session } = make({ predict: () => Promise.resolve(result('tabby')) });
    session.setEndpoints([ready]);
    for (let batch = 0; batch < 3; batch += 1) {
      session.add(Array.from({ length: mostImages }, (_, index) => image(`${batch}-${index}`)));
      await new Promise<void>((done) => {
        const look = setInterval(() => {
          if (!outcomes(session).every((one) => one === 'done')) return;
          clearInterval(look);
          done();
        }, 5);
      });
    }
    assert.equal(session.state().images.length, mostImages);
    assert.equal(session.state().history.length, mostHistory);
    const large = Array.from({ length: 5 }, (_, index) => image(`held-${index}`, undefined, 64 << 20));
    assert.equal(session.add(large), 1);
    await settle();
    assert.equal(session.add(large.slice(0, 2)), 0);
    const names = session.state().images.map(({ name }) => name);
    assert.equal(names.length, mostImages - 2, 'the oldest two held ones made room for the new ones');
    assert.deepEqual(names.slice(0, 5), ['held-0', 'held-1', 'held-0', 'held-1', '2-0']);
    session.remove(session.state().images.map(({ id }) => id));
    session.clearHistory();
    await settle();
    assert.deepEqual([...session.thumbnails()], []);
  });

  it('says how many of too large a batch were not taken', () => {
    const { session } = make();
    session.setEndpoints([stopped]);
    assert.equal(session.add(Array.from({ length: mostImages + 7 }, (_, index) => image(String(index)))), 7);
    assert.equal(session.add([image('one more')]), 1);
    assert.equal(session.state().images.length, mostImages);
  });

  it('gives a refused image a row that cannot be tried again', () => {
    const { session } = make();
    session.setEndpoints([ready]);
    session.refuse('huge.tif', 'Dropped or pasted', new ModelDeckError('invalid-input', 'huge.tif has 70 MB.'));
    session.classify(['image-1']);
    assert.deepEqual(outcomes(session), ['failed']);
  });

  it('says that a service warms up, until it answers or is left', async () => {
    const { session, calls } = make();
    session.setEndpoints([service]);
    session.add([image('a'), image('b')]);
    await settle();
    calls[0]?.heard.onWarmUp();
    calls[1]?.heard.onWarmUp('x'.repeat(100_000));
    assert.deepEqual(outcomes(session), ['warming', 'warming']);
    calls[0]?.answer(result('tabby'));
    session.cancel(['image-2']);
    await settle();
    calls[1]?.heard.onWarmUp('late');
    calls[0]?.heard.onWarmUp('late');
    assert.deepEqual(outcomes(session), ['done', 'cancelled']);
  });

  it('does not take a late word of an old run for one of the new run', async () => {
    const { session, calls } = make();
    session.setEndpoints([service]);
    session.add([image('a')]);
    await settle();
    session.cancel(['image-1']);
    session.classify(['image-1']);
    await settle();
    calls[0]?.heard.onWarmUp();
    assert.deepEqual(outcomes(session), ['running']);
  });

  it('waits for a stopped service of a cluster, which does not start when it is asked', async () => {
    const { session, calls } = make();
    session.setEndpoints([{ ...service, state: 'stopped' }]);
    session.add([image('a')]);
    await settle();
    assert.deepEqual([calls.length, outcomes(session)], [0, ['queued']]);
  });

  it('leaves those alone that another endpoint is asked for, when one is disconnected', async () => {
    const { session, calls } = make();
    session.setEndpoints([service, ready]);
    session.add([image('a')]);
    await settle();
    session.select(ready.id);
    session.add([image('b')]);
    await settle();
    calls[0]?.heard.onWarmUp();
    session.cancelOn(service.id);
    assert.deepEqual(outcomes(session), ['running', 'cancelled']);
    assert.equal(calls[0]?.signal.aborted, true);
  });

  it('comes back to a wished endpoint when it is there, unless another one was chosen', () => {
    const { session } = make();
    session.setEndpoints([ready, stopped]);
    session.wish(service.id);
    assert.equal(session.state().endpoint?.id, ready.id);
    session.setEndpoints([ready, stopped, service]);
    assert.equal(session.state().endpoint?.id, service.id);
    session.setEndpoints([ready, stopped]);
    session.wish(service.id);
    session.select(stopped.id);
    session.setEndpoints([ready, stopped, service]);
    assert.equal(session.state().endpoint?.id, stopped.id);
  });

  it('holds images for an endpoint that is being looked for, and gives them to nobody else', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.expect({ ...service, state: 'starting' });
    session.add([image('a')]);
    await settle();
    assert.deepEqual([session.state().endpoint?.id, calls.length], [service.id, 0]);
    session.expect({ ...service, state: 'failed', reason: 'unreachable' });
    session.setEndpoints([ready]);
    await settle();
    assert.deepEqual([session.state().endpoint?.state, calls.length], ['failed', 0]);
    session.setEndpoints([ready, service]);
    await settle();
    assert.equal(calls[0]?.endpointId, service.id);
  });

  it('shows the way to an endpoint of a cluster, and none to one of this computer', () => {
    const connection = { routes: [], isOpen: true, models: [], hasCredentials: false };
    const { session } = make({ connection: () => connection });
    session.setEndpoints([ready, service]);
    assert.equal(session.state().connection, undefined);
    session.select(service.id);
    assert.equal(session.state().connection, connection);
  });

  it('keeps the raw answer of a run that failed, until the next one', async () => {
    const { session, calls } = make();
    session.setEndpoints([ready]);
    session.add([image('a')]);
    await settle();
    calls[0]?.heard.onExchange({ ...result(''), response: { status: 500, body: '{"error":"no"}' } });
    calls[0]?.fail(new ModelDeckError('server', 'It failed.'));
    await settle();
    const { outcome } = session.state().images[0] ?? {};
    assert.ok(outcome?.state === 'failed' && outcome.hasExchange);
    assert.equal(session.answered('image-1')?.exchange.response.body, '{"error":"no"}');
    session.classify(['image-1']);
    await settle();
    calls[1]?.fail(new ModelDeckError('unreachable', 'Nothing listens there.'));
    await settle();
    assert.equal(session.answered('image-1'), undefined);
  });

  it('tells who wants credentials, and by which way an answer came', async () => {
    const { session, calls } = make();
    session.setEndpoints([service]);
    session.add([image('a')]);
    await settle();
    const nextStep = { kind: 'set-credentials', endpointId: service.id } as const;
    calls[0]?.fail(new ModelDeckError('unauthorized', 'It wants credentials.', { nextStep }));
    await settle();
    const { outcome } = session.state().images[0] ?? {};
    assert.ok(outcome?.state === 'failed');
    assert.equal(outcome.failure.credentialsFor, service.id);
    session.classify(['image-1']);
    await settle();
    const answer = result('tabby');
    const headers = Array.from({ length: 500 }, () => ({ name: 'X', value: '(hidden)' }));
    const route = 'Port forward to cat-5f';
    calls[1]?.heard.onExchange({ ...answer, request: { ...answer.request, headers } }, route);
    calls[1]?.answer({ ...answer, notes: ['scaled'], route });
    await settle();
    const exchange = viewOf(session, 'image-1');
    assert.equal(exchange?.route, 'Port forward to cat-5f');
    assert.ok(isClassifyUpdate({ type: 'exchange', imageId: 'image-1', exchange }));
    const done = session.state().images[0]?.outcome;
    assert.deepEqual(done?.state === 'done' && done.notes, ['scaled']);
  });
});
