import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openLiveList } from '../../../src/cluster/objects/openLiveList.ts';
import type { LiveListTiming } from '../../../src/cluster/objects/openLiveList.ts';
import type { LiveList } from '../../../src/cluster/objects/liveList.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { openDesk, sendStatus, startSecureApiServer, until, widgets } from './fakeApiServer.ts';
import type { ConnectOptions, Desk, FakeApiServer } from './fakeApiServer.ts';
import { FakeStore } from './fakeStore.ts';

const timing: LiveListTiming = { firstRetry: 20, longestRetry: 50, notice: 5 };

describe('openLiveList', { timeout: 120_000 }, () => {
  let desk: Desk;
  let store: FakeStore;
  let server: FakeApiServer;
  let list: LiveList<string>;

  beforeEach(async () => {
    desk = await openDesk();
    store = new FakeStore();
    server = await startSecureApiServer(store.answer);
  });
  afterEach(async () => {
    list.close();
    await desk.close();
    await server.close();
  });

  async function open(options: ConnectOptions = {}, firstRetry = timing.firstRetry): Promise<LiveList<string>> {
    const connection = await desk.connect(server.url, options);
    list = openLiveList(
      connection,
      widgets,
      { namespace: 'ml' },
      ({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`,
      { ...timing, firstRetry },
    );
    return list;
  }
  const shown = () => [...list.state().rows.entries()].map(([key, row]) => `${key}=${row}`).sort();
  const isLive = () => list.state().phase === 'live' && store.watchers.size === 1;

  it('lists, then follows', async () => {
    store.put('a');
    await open();
    assert.equal(list.state().phase, 'loading');
    await list.whenListed();
    assert.deepEqual(shown(), ['ml/a=a@2']);
    await until(isLive);
    for (const name of ['b', 'c', 'a']) store.put(name);
    store.remove('b');
    await until(() => shown().join() === 'ml/a=a@5,ml/c=c@4');
  });

  it('tells many changes in a row together', async () => {
    await open();
    await until(isLive);
    let notices = 0;
    list.onDidChange(() => (notices += 1));
    for (let index = 0; index < 200; index += 1) store.put(`w${index}`);
    await until(() => shown().length === 200 && notices > 0);
    assert.ok(notices < 100, `${notices} notices`);
  });

  for (const how of ['end', 'cut'] as const) {
    it(`goes on at the last version after a watch that was ${how === 'end' ? 'ended' : 'cut'}`, async () => {
      await open();
      await until(isLive);
      for (const name of ['a', 'b', 'c']) store.put(name);
      await until(() => shown().length === 3);
      store.drop(how);
      await until(() => store.watchedFrom.length === 2 && isLive());
      assert.deepEqual(store.watchedFrom, ['1', '4']);
      assert.equal(store.lists, 1);
    });
  }

  it('goes on at the version of a bookmark', async () => {
    await open();
    await until(isLive);
    store.put('a');
    store.send({ type: 'BOOKMARK', object: { metadata: { name: '', resourceVersion: '90' } } });
    await until(() => shown().length === 1);
    store.drop('end');
    await until(() => store.watchedFrom.length === 2);
    assert.equal(store.watchedFrom[1], '90');
  });

  for (const [title, expire] of [
    ['a 410 answer', () => (store.oldest = store.version)],
    [
      'a 410 event',
      () => store.send({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old', reason: 'Expired' } }),
    ],
  ] as const) {
    it(`lists again after ${title}, and drops rows that are gone`, async () => {
      store.put('a');
      store.put('b');
      await open();
      await until(isLive);
      store.objects.delete('a');
      store.version += 5;
      expire();
      store.drop('end');
      await until(() => store.lists === 2 && isLive());
      assert.deepEqual(shown(), ['ml/b=b@3']);
    });
  }

  it('fails by category where it may not, and heals when it may', async () => {
    store.fault = (_, response) => {
      sendStatus(response, 403, 'widgets is forbidden', { reason: 'Forbidden' });
      return true;
    };
    await open();
    await assert.rejects(list.whenListed(), (error) => ModelDeckError.is(error) && error.category === 'forbidden');
    assert.equal(list.state().phase, 'failed');
    store.fault = undefined;
    await until(isLive);
    assert.equal(list.state().error, undefined);
  });

  it('is stale with its rows while the server is gone, and heals when it is back', async () => {
    store.put('a');
    await open();
    await until(isLive);
    const phases: string[] = [];
    list.onDidChange(() => phases.push(list.state().phase));
    await server.close();
    await until(() => phases.includes('stale'));
    assert.deepEqual(shown(), ['ml/a=a@2']);
    const { error } = list.state();
    assert.ok(ModelDeckError.is(error) && error.category === 'unreachable');
    server = await startSecureApiServer(store.answer, { port: server.port });
    await until(isLive);
    store.put('b');
    await until(() => shown().length === 2);
  });

  it('does not run a failed credential plugin again before it is asked to', async () => {
    const runs = await desk.write('runs', '');
    const plugin = await desk.write('plugin', `#!/bin/sh\necho run >> ${runs}\necho no luck >&2\nexit 1\n`);
    const apiVersion = 'client.authentication.k8s.io/v1';
    const exec = { command: plugin, apiVersion, interactiveMode: 'Never' };
    // Were it to try again by itself, resuming would find it waiting for an hour.
    await open({ user: { exec } }, 3_600_000);
    await assert.rejects(list.whenListed(), /no luck/);
    assert.equal(await readFile(runs, 'utf8'), 'run\n');
    await desk.write('plugin', `#!/bin/sh\necho '{"apiVersion":"${apiVersion}","status":{"token":"t"}}'\n`);
    list.resume();
    await until(isLive);
  });

  it('keeps its rows while it is paused, and lists again afterwards', async () => {
    store.put('a');
    await open();
    await until(isLive);
    list.pause();
    await until(() => store.watchers.size === 0);
    store.put('b');
    assert.deepEqual(shown(), ['ml/a=a@2']);
    assert.equal(list.state().phase, 'stale');
    list.resume();
    await until(() => isLive() && shown().length === 2);
    assert.equal(store.lists, 2);
  });

  it('leaves nothing running when it is closed', async () => {
    await open();
    await until(isLive);
    list.close();
    await until(() => store.watchers.size === 0);
  });

  it('keeps rows, not objects: ten thousand in pages of 500', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let index = 0; index < 10_000; index += 1) store.put(`widget-${index}`);
    const padding = 'x'.repeat(4000);
    let most = 0;
    store.fault = ({ url }, response) => {
      if (url.searchParams.has('watch')) return false;
      const limit = Number(url.searchParams.get('limit'));
      const start = Number(url.searchParams.get('continue') ?? 0);
      assert.equal(limit, 500);
      collect();
      most = Math.max(most, process.memoryUsage().heapUsed);
      const items = [...store.objects.values()].slice(start, start + limit).map((item) => ({ ...item, padding }));
      const next = start + limit < 10_000 ? { continue: String(start + limit) } : {};
      response.end(JSON.stringify({ items, metadata: { resourceVersion: '10001', ...next } }));
      return true;
    };
    collect();
    const before = process.memoryUsage().heapUsed;
    await open();
    await list.whenListed();
    assert.equal(list.state().rows.size, 10_000);
    // 40 MB pass by. A page is 2 MB, as text and as objects; the rows are what stays.
    assert.ok(most - before < 16e6, `${Math.round((most - before) / 1e6)} MB at most`);
  });
});
