import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logChoices, namedSources } from '../../../../src/kserve/choices/logChoices.ts';
import type { Pod } from '../../../../src/kserve/resources/core.ts';

const simple: Pod = {
  metadata: { name: 'net-1' },
  spec: { containers: [{ name: 'kserve-container' }] },
  status: { containerStatuses: [{ name: 'kserve-container', state: { running: {} }, restartCount: 0 }] },
};
const crashing: Pod = {
  metadata: { name: 'net-2' },
  spec: { containers: [{ name: 'kserve-container' }], initContainers: [{ name: 'storage-initializer' }] },
  status: {
    initContainerStatuses: [{ name: 'storage-initializer', state: { terminated: { exitCode: 1, reason: 'Error' } } }],
    containerStatuses: [
      {
        name: 'kserve-container',
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      },
    ],
  },
};

describe('logChoices', () => {
  it('leaves nothing to choose for one container that never ended', () => {
    assert.deepEqual(logChoices([simple]), [
      {
        label: 'kserve-container',
        description: 'running',
        sources: [{ pod: 'net-1', container: 'kserve-container', previous: false }],
      },
    ]);
  });

  it('offers the previous run, the init containers, and all of them', () => {
    assert.deepEqual(
      logChoices([crashing]).map(({ label, description }) => `${label}: ${description}`),
      [
        'kserve-container: CrashLoopBackOff',
        'kserve-container, previous run: OOMKilled, exit code 137',
        'storage-initializer: init container · Error, exit code 1',
        'All containers: 2 logs, followed together',
      ],
    );
  });

  it('names the pods where there are several', () => {
    const choices = logChoices([simple, crashing]);
    assert.equal(choices[0]?.description, 'running · net-1');
    assert.deepEqual(
      choices.at(-1)?.sources.map(({ pod, container }) => `${pod} ${container}`),
      ['net-1 kserve-container', 'net-2 kserve-container', 'net-2 storage-initializer'],
    );
  });

  it('has nothing of no pods', () => {
    assert.deepEqual(logChoices([]), []);
  });
});

describe('namedSources', () => {
  it('takes the container that is named, also an init container, and else those that serve', () => {
    assert.deepEqual(namedSources([crashing], 'storage-initializer', true), [
      { pod: 'net-2', container: 'storage-initializer', previous: true },
    ]);
    assert.deepEqual(
      namedSources([simple, crashing], undefined, false).map(({ pod }) => pod),
      ['net-1', 'net-2'],
    );
    assert.deepEqual(namedSources([simple], 'nobody', false), []);
  });
});
