import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { LiveRows } from '../../../src/views/clusters/liveRows.ts';
import { NamespacedRows } from '../../../src/views/clusters/namespacedRows.ts';
import { ListSpy } from './listSpy.ts';

describe('LiveRows', () => {
  it('opens nothing before its row is on the screen, and once only', async () => {
    const list = new ListSpy<string>();
    let opened = 0;
    const rows = new LiveRows(
      () => {
        opened += 1;
        return Promise.resolve(list);
      },
      () => undefined,
    );
    assert.equal(opened, 0);
    rows.show();
    rows.hide();
    rows.show();
    await list.opened;
    assert.equal(opened, 1);
  });

  it('rests while its row is not on the screen, and keeps what it knows', async () => {
    const list = new ListSpy<string>();
    const rows = new LiveRows(
      () => Promise.resolve(list),
      () => undefined,
    );
    rows.show();
    await list.opened;
    list.set({ phase: 'live', rows: new Map([['ml/a', 'A']]) });
    rows.hide();
    assert.deepEqual(list.calls, ['pause']);
    assert.deepEqual([...rows.state().rows], [['ml/a', 'A']]);
    rows.show();
    assert.deepEqual(list.calls, ['pause', 'resume']);
    rows.close();
    rows.hide();
    rows.show();
    assert.deepEqual(list.calls, ['pause', 'resume', 'close'], 'a closed one does nothing more');
  });

  it('rests at once when its row went while it was opened', async () => {
    const list = new ListSpy<string>();
    const rows = new LiveRows(
      () => Promise.resolve(list),
      () => undefined,
    );
    rows.show();
    rows.hide();
    await list.opened;
    assert.deepEqual(list.calls, ['pause']);
  });

  it('closes a list that was opened for a row that is gone', async () => {
    const list = new ListSpy<string>();
    let open: (list: ListSpy<string>) => void = () => undefined;
    const rows = new LiveRows<string>(
      () => new Promise((resolve) => (open = resolve)),
      () => assert.fail('nobody is there to be told'),
    );
    rows.show();
    rows.close();
    open(list);
    await new Promise(setImmediate);
    assert.deepEqual(list.calls, ['close']);
  });

  it('says why it could not be opened, and tries again only when asked', async () => {
    const refused = new ModelDeckError('cancelled', 'The plugin was not allowed.');
    let opened = 0;
    const told = new Promise<void>((resolve) => {
      const rows = new LiveRows(() => {
        opened += 1;
        return Promise.reject(refused);
      }, resolve);
      rows.show();
      void rows.settled().then(() => {
        assert.equal(rows.state().error, refused);
        rows.hide();
        rows.show();
        assert.equal(opened, 1, 'coming back to the view is no wish to be asked again');
        rows.retry();
        assert.equal(opened, 2);
      });
    });
    await told;
  });

  it('leaves a list alone that waits for the user, until they ask', async () => {
    const list = new ListSpy<string>();
    const rows = new LiveRows(
      () => Promise.resolve(list),
      () => undefined,
    );
    rows.show();
    await list.opened;
    rows.hide();
    list.set({ phase: 'failed', rows: new Map(), error: new ModelDeckError('unauthorized', 'The plugin failed.') });
    rows.show();
    assert.deepEqual(list.calls, ['pause'], 'a plugin may open a browser');
    rows.retry();
    assert.deepEqual(list.calls.slice(1), ['pause', 'resume']);
    const cause = { kind: 'Status', code: 401, message: 'expired' };
    list.set({ phase: 'failed', rows: new Map(), error: new ModelDeckError('unauthorized', 'Expired.', { cause }) });
    rows.show();
    assert.equal(list.calls.at(-1), 'resume', 'the server may have changed its mind');
  });

  it('lets a row wait for its first children', async () => {
    const list = new ListSpy<string>();
    const rows = new LiveRows(
      () => Promise.resolve(list),
      () => undefined,
    );
    rows.show();
    const settled = rows.settled().then(() => rows.state().phase);
    await list.opened;
    list.set({ phase: 'live', rows: new Map() });
    assert.equal(await settled, 'live');
  });

  it('does not let it wait for ever', async () => {
    const rows = new LiveRows<string>(
      () => new Promise(() => undefined),
      () => undefined,
    );
    rows.show();
    await rows.settled();
    assert.equal(rows.state().phase, 'loading');
  });
});

describe('NamespacedRows', () => {
  const setUp = async () => {
    const lists = new Map<string | undefined, ListSpy<string>>();
    const changes: (string | undefined)[] = [];
    const rows = new NamespacedRows<string>(
      (namespace) => {
        const list = new ListSpy<string>();
        lists.set(namespace, list);
        return Promise.resolve(list);
      },
      (namespace) => changes.push(namespace),
    );
    rows.wide.show();
    const wide = lists.get(undefined);
    assert.ok(wide);
    await wide.opened;
    return { rows, lists, changes, wide };
  };
  const forbidden = new ModelDeckError('forbidden', 'May not list.');

  it('groups one list by namespace, once per change', async () => {
    const { rows, wide } = await setUp();
    wide.set({ phase: 'live', rows: new Map(Object.entries({ 'ml/a': 'A', 'ml/b': 'B', 'apps/a': 'C' })) });
    const groups = rows.groups();
    assert.deepEqual([...groups.keys()], ['ml', 'apps']);
    assert.deepEqual([...rows.in('ml').rows], [['a', 'A'], ['b', 'B']]); // prettier-ignore
    assert.equal(rows.groups(), groups);
    wide.set({ phase: 'live', rows: new Map() });
    assert.notEqual(rows.groups(), groups);
    assert.equal(rows.in('ml').rows.size, 0);
  });

  it('lists namespace by namespace where the whole is forbidden', async () => {
    const { rows, lists, changes, wide } = await setUp();
    wide.set({ phase: 'failed', rows: new Map(), error: forbidden });
    assert.ok(rows.restricted);
    rows.of('ml').show();
    const own = lists.get('ml');
    await own?.opened;
    own?.set({ phase: 'live', rows: new Map([['ml/a', 'A']]) });
    assert.deepEqual([...rows.in('ml').rows], [['a', 'A']]);
    assert.deepEqual(changes, [undefined, 'ml']);
  });

  it('stays so while it tries again, until it may', async () => {
    const { rows, wide } = await setUp();
    wide.set({ phase: 'failed', rows: new Map(), error: forbidden });
    wide.set({ phase: 'loading', rows: new Map() });
    assert.ok(rows.restricted);
    wide.set({ phase: 'failed', rows: new Map(), error: new ModelDeckError('unreachable', 'Gone.') });
    assert.ok(rows.restricted);
    wide.set({ phase: 'live', rows: new Map([['ml/a', 'A']]) });
    assert.ok(!rows.restricted);
    assert.deepEqual([...rows.groups().keys()], ['ml']);
  });
});
