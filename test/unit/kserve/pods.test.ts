import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { componentOf, isPodReady, podRow } from '../../../src/kserve/index.ts';
import type { ContainerStatus, Pod } from '../../../src/kserve/resources/core.ts';
import * as a from './objects.ts';

const onOne = { spec: { nodeName: 'one' } };
const done: ContainerStatus = {
  name: 'storage-initializer',
  ready: true,
  restartCount: 0,
  state: { terminated: { exitCode: 0, reason: 'Completed' } },
};
const fetching: ContainerStatus = { name: 'storage-initializer', restartCount: 0, state: { running: {} } };
const completed: ContainerStatus = {
  name: 'kserve-container',
  state: { terminated: { exitCode: 0, reason: 'Completed' } },
};
const ended = (exitCode: number, signal?: number): ContainerStatus => ({
  name: 'kserve-container',
  state: { terminated: { exitCode, ...(signal !== undefined && { signal }) } },
});

/** Status and ready containers as `kubectl get pods` prints them. */
const rows: readonly (readonly [string, Pod, string])[] = [
  ['waits for a node', a.pod(), 'Pending 0/1'],
  [
    'has a scheduling gate',
    a.pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    'SchedulingGated 0/1',
  ],
  ['is made', a.pod(a.onNode([a.waiting('ContainerCreating')]), onOne), 'ContainerCreating 0/1'],
  ['runs and is ready', a.pod(a.onNode([a.running()]), onOne), 'Running 1/1'],
  ['runs and is not ready', a.pod(a.onNode([a.running(false)]), onOne), 'Running 0/1'],
  [
    'fetches its model',
    a.pod(a.onNode([a.waiting('PodInitializing')], [fetching]), { uri: 's3', ...onOne }),
    'Init:0/1 0/1',
  ],
  [
    'cannot pull its init image',
    a.pod(a.onNode([a.waiting('PodInitializing')], [a.waiting('ImagePullBackOff', '', 'storage-initializer')]), {
      uri: 's3',
      ...onOne,
    }),
    'Init:ImagePullBackOff 0/1',
  ],
  [
    'waits for its init container',
    a.pod(a.onNode([a.waiting('PodInitializing')], [a.waiting('PodInitializing', '', 'storage-initializer')]), {
      uri: 's3',
      ...onOne,
    }),
    'Init:0/1 0/1',
  ],
  [
    'failed to fetch',
    a.pod(a.onNode([a.waiting('PodInitializing')], [{ ...ended(1), name: 'storage-initializer' }]), {
      uri: 's3',
      ...onOne,
    }),
    'Init:ExitCode:1 0/1',
  ],
  ['goes on after its init container', a.pod(a.onNode([a.running()], [done]), { uri: 's3', ...onOne }), 'Running 1/1'],
  ['crashes', a.pod(a.onNode([a.crashing(1)]), onOne), 'CrashLoopBackOff 0/1'],
  ['ended by a signal', a.pod(a.onNode([ended(137, 9)]), onOne), 'Signal:9 0/1'],
  ['ended with a code', a.pod(a.onNode([ended(3)]), onOne), 'ExitCode:3 0/1'],
  [
    'has one container that is through, and is ready',
    a.pod(
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [completed, a.running(true, 'agent')],
      },
      onOne,
    ),
    'Running 1/1',
  ],
  [
    'has one container that is through, and is not',
    a.pod({ phase: 'Running', containerStatuses: [completed, a.running(true, 'agent')] }, onOne),
    'NotReady 1/1',
  ],
  ['was evicted', a.pod({ phase: 'Failed', reason: 'Evicted' }, onOne), 'Evicted 0/1'],
  [
    'is being deleted',
    a.pod(a.onNode([a.running()]), { ...onOne, metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } }),
    'Terminating 1/1',
  ],
  [
    'is lost with its node',
    a.pod(
      { ...a.onNode([a.running()]), reason: 'NodeLost' },
      { ...onOne, metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } },
    ),
    'Unknown 1/1',
  ],
];

describe('Row of a pod', () => {
  for (const [what, pod, expected] of rows) {
    it(`shows "${expected}" for one that ${what}`, () => {
      const { status, readyContainers, containers } = podRow(pod);
      assert.equal(`${status} ${readyContainers}/${containers}`, expected);
    });
  }

  it('counts restarts, names the node and says what it is', () => {
    const row = podRow(a.pod(a.onNode([a.crashing(1)], [done]), { uri: 's3', ...onOne }));
    assert.deepEqual(
      [row.restarts, row.lastRestart, row.node, row.component, row.isReady, row.createdAt],
      [3, '2026-10-01T10:00:31Z', 'one', 'predictor', false, a.podCreated],
    );
  });

  it('counts the restarts of an init container only while it is at work', () => {
    const failing = a.crashing(1, 'Error', '', 'storage-initializer');
    assert.equal(podRow(a.pod(a.onNode([a.waiting('PodInitializing')], [failing]), { uri: 's3' })).restarts, 3);
    const through = { ...done, restartCount: 3 };
    assert.equal(podRow(a.pod(a.onNode([a.running()], [through]), { uri: 's3' })).restarts, 0);
  });

  it('counts sidecars among the containers', () => {
    const sidecar = { name: 'proxy', restartPolicy: 'Always' };
    const pod = a.pod(a.onNode([a.running()], [{ ...a.running(true, 'proxy'), restartCount: 2 }]), {
      spec: { nodeName: 'one', initContainers: [sidecar] },
    });
    const { readyContainers, containers, restarts, status } = podRow({
      ...pod,
      status: { ...pod.status, conditions: [{ type: 'Initialized', status: 'True' }] },
    });
    assert.deepEqual([readyContainers, containers, restarts, status], [2, 2, 2, 'Running']);
  });

  it('is ready only while it is not being deleted', () => {
    const ready = a.pod(a.onNode([a.running()]), onOne);
    assert.equal(isPodReady(ready), true);
    assert.equal(isPodReady({ ...ready, metadata: { ...ready.metadata, deletionTimestamp: 'x' } }), false);
  });

  it('belongs to no component without the label of KServe', () => {
    assert.equal(componentOf(a.pod()), 'predictor');
    assert.equal(componentOf(a.pod({}, { metadata: { labels: { component: 'etcd' } } })), undefined);
    assert.equal(componentOf(a.pod({}, { metadata: { labels: {} } })), undefined);
  });
});
