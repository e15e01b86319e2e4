import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TargetList } from '../../../src/panel/classify/targetList.ts';
import type { Target } from '../../../src/targets/target.ts';
import { deployment, fakeTarget } from './fakeTarget.ts';

/** A list over targets that come and go, and how often it changed. */
function make(first: readonly Target[]): {
  readonly list: TargetList;
  readonly changes: () => number;
  readonly open: (targets: readonly Target[]) => Promise<void>;
  readonly isSubscribed: () => boolean;
} {
  let targets = first;
  let changes = 0;
  let listener: (() => void) | undefined;
  const list = new TargetList(
    {
      known: () => Promise.resolve(targets),
      onDidChange: (heard) => {
        listener = heard;
        return () => (listener = undefined);
      },
    },
    () => (changes += 1),
  );
  return {
    list,
    changes: () => changes,
    isSubscribed: () => listener !== undefined,
    open: async (next) => {
      targets = next;
      listener?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the targets of the panel', () => {
  it('are listed with This computer first, the ready endpoints of each before the others', async () => {
    const here = fakeTarget('this-computer', [deployment('this-computer/dogs', { state: 'stopped' })]);
    const ml = fakeTarget('kserve:minikube/ml', [
      deployment('kserve:minikube/ml/a', { state: 'failed', reason: 'no image' }),
      deployment('kserve:minikube/ml/m10'),
      deployment('kserve:minikube/ml/m9'),
      deployment('kserve:minikube/ml/b', { state: 'starting' }),
    ]);
    const other = fakeTarget('kserve:kind/dev', [deployment('kserve:kind/dev/cats')]);
    const { list } = make([ml.target, here.target, other.target]);
    await list.start();
    assert.deepEqual(
      list.endpoints().map(({ id, state, isRemote = false }) => [id, state, isRemote]),
      [
        ['this-computer/dogs', 'stopped', false],
        ['kserve:kind/dev/cats', 'ready', true],
        ['kserve:minikube/ml/m9', 'ready', true],
        ['kserve:minikube/ml/m10', 'ready', true],
        ['kserve:minikube/ml/b', 'starting', true],
        ['kserve:minikube/ml/a', 'failed', true],
      ],
    );
    assert.equal(list.targetOf('kserve:kind/dev/cats'), other.target);
    assert.equal(list.targetOf('kserve:kind/dev/nobody'), undefined);
  });

  it('are followed as they come, change and go', async () => {
    const here = fakeTarget('this-computer', []);
    const ml = fakeTarget('kserve:minikube/ml', []);
    const { list, changes, open, isSubscribed } = make([here.target]);
    await list.start();
    await open([here.target, ml.target]);
    const before = changes();
    ml.set([deployment('kserve:minikube/ml/cats')]);
    assert.equal(changes(), before + 1);
    assert.equal(list.endpoints().length, 1);
    await open([here.target]);
    assert.equal(ml.listeners.size, 0);
    assert.deepEqual(list.endpoints(), []);
    list.stop();
    assert.deepEqual([here.listeners.size, isSubscribed()], [0, false]);
  });

  it('are watched in their cluster only while somebody looks', async () => {
    const ml = fakeTarget('kserve:minikube/ml', []);
    const dev = fakeTarget('kserve:kind/dev', []);
    const { list, open } = make([ml.target]);
    await list.start();
    assert.equal(ml.follows.size, 0);
    list.watch(true);
    await open([ml.target, dev.target]);
    assert.deepEqual([ml.follows.size, dev.follows.size], [1, 1]);
    await open([dev.target]);
    assert.deepEqual([ml.follows.size, dev.follows.size], [0, 1]);
    list.watch(false);
    assert.equal(dev.follows.size, 0);
    list.watch(true);
    list.stop();
    assert.equal(dev.follows.size, 0);
  });

  it('fail to be listed with the reason', async () => {
    const list = new TargetList(
      { known: () => Promise.reject(new Error('no disk')), onDidChange: () => () => undefined },
      () => assert.fail('nothing changed'),
    );
    await assert.rejects(list.start(), /no disk/);
  });

  it('stay usable with thousands of services', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      deployment(`kserve:minikube/ml/model-${index}`, { state: index % 2 ? 'ready' : 'failed' }),
    );
    const { list } = make([fakeTarget('kserve:minikube/ml', many).target]);
    await list.start();
    const endpoints = list.endpoints();
    assert.equal(endpoints.length, 10_000);
    assert.deepEqual(
      [endpoints[0]?.label, endpoints[4999]?.label, endpoints[5000]?.label],
      ['model-1', 'model-9999', 'model-0'],
    );
  });
});
