import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isRolledOut,
  serviceStatus,
  serviceSummary,
  servesWantedVersion,
  type ServiceStatus,
} from '../../../src/kserve/index.ts';
import type { Condition } from '../../../src/kserve/resources/core.ts';
import type { InferenceServiceStatus } from '../../../src/kserve/resources/inferenceService.ts';
import * as a from './objects.ts';

const notReady = (reason: string, message = '', deploymentMode = 'Standard'): InferenceServiceStatus => ({
  ...a.starting,
  deploymentMode,
  conditions: [
    { type: 'PredictorReady', status: 'False', reason, message, lastTransitionTime: '2026-10-01T10:00:05Z' },
    { type: 'Ready', status: 'False', reason, message, lastTransitionTime: '2026-10-01T10:00:05Z' },
  ],
});
const stoppedCondition: Condition = { type: 'Stopped', status: 'True', lastTransitionTime: '2026-10-01T11:00:00Z' };
const stop = { metadata: { annotations: { 'serving.kserve.io/stop': 'true' } } };
const short = ({ state, word, answers }: ServiceStatus): unknown[] => [state, word, answers];

describe('Status of an InferenceService', () => {
  for (const [what, status, expected] of [
    ['is ready', serviceStatus(a.service({}, a.ready)), ['ready', undefined, true]],
    ['has not been seen by KServe', serviceStatus(a.service({}, {})), ['starting', 'Pending', false]],
    ['waits for its pod', serviceStatus(a.service()), ['starting', 'Starting', false]],
    [
      'has no runtime',
      serviceStatus(
        a.service({}, a.failed('NoSupportingRuntime', 'No runtime found to support specified framework/version')),
      ),
      ['failed', 'NoSupportingRuntime', false],
    ],
    [
      'took too long',
      serviceStatus(a.service({}, notReady('ProgressDeadlineExceeded', 'ReplicaSet "x" has timed out progressing.'))),
      ['failed', 'ProgressDeadlineExceeded', false],
    ],
    [
      'may not have pods',
      serviceStatus(a.service({}, notReady('FailedCreate', 'pods "x" is forbidden: exceeded quota'))),
      ['failed', 'FailedCreate', false],
    ],
    [
      'lost its replicas, which may come back',
      serviceStatus(a.service({}, notReady('MinimumReplicasUnavailable'))),
      ['starting', 'Starting', false],
    ],
    [
      'failed as Knative says it',
      serviceStatus(a.service({}, notReady('RevisionMissing', '', 'Serverless'))),
      ['failed', 'RevisionMissing', false],
    ],
    [
      'could not load its model',
      serviceStatus(
        a.service(
          {},
          {
            ...a.starting,
            modelStatus: {
              transitionStatus: 'BlockedByFailedLoad',
              states: { activeModelState: '', targetModelState: 'FailedToLoad' },
              lastFailureInfo: { reason: 'ModelLoadFailed', message: '', exitCode: 1 },
            },
          },
        ),
      ),
      ['failed', 'ModelLoadFailed', false],
    ],
    [
      'is being deleted',
      serviceStatus(a.service({ metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } }, a.ready)),
      ['deleting', 'Terminating', true],
    ],
    ['is being stopped', serviceStatus(a.service(stop, a.ready)), ['stopped', 'Stopping', true]],
    ['is stopped', serviceStatus(a.service(stop, { conditions: [stoppedCondition] })), ['stopped', 'Stopped', false]],
    [
      'is being started again',
      serviceStatus(a.service({}, { conditions: [stoppedCondition] })),
      ['starting', 'Starting', false],
    ],
  ] as const) {
    it(`${String(expected[0])}: one that ${what}`, () => assert.deepEqual(short(status), expected));
  }

  it('gives a reason in one line, with a full stop', () => {
    assert.equal(
      serviceStatus(a.service()).reason,
      'Predictor is not ready: MinimumReplicasUnavailable: Deployment does not have minimum availability.',
    );
    const long = serviceStatus(a.service({}, notReady('FailedCreate', `a\nb  ${'x'.repeat(1000)}`))).reason;
    assert.match(long, /^Predictor is not ready: FailedCreate: a b x+…$/);
    assert.equal(long.length, 300);
    const log = a.failed('ModelLoadFailed', 'Initializing\nStorage initialization failed: no model\n');
    assert.equal(serviceStatus(a.service({}, log)).reason, 'Storage initialization failed: no model.');
    assert.equal(serviceStatus(a.service({}, a.ready)).reason, '');
  });

  it('says since when', () => {
    assert.equal(serviceStatus(a.service({}, a.ready)).since, '2026-10-01T10:00:30Z');
    assert.equal(serviceStatus(a.service({}, {})).since, '2026-10-01T10:00:00Z');
    assert.equal(serviceStatus(a.service(stop, { conditions: [stoppedCondition] })).since, '2026-10-01T11:00:00Z');
  });

  it('does not take the readiness of an earlier version for that of a new one', () => {
    const next = a.service({ model: { storageUri: 'pvc://models/resnet18/2.0' } }, a.ready);
    assert.deepEqual(short(serviceStatus(next, a.deployment())), ['starting', 'Updating', true]);
    const loading: InferenceServiceStatus = {
      ...a.ready,
      modelStatus: {
        transitionStatus: 'InProgress',
        states: { activeModelState: 'Loaded', targetModelState: 'Loading' },
      },
    };
    assert.deepEqual(short(serviceStatus(a.service({}, loading))), ['starting', 'Updating', true]);
  });

  it('says that an update failed while the earlier version answers', () => {
    const blocked: InferenceServiceStatus = {
      ...a.ready,
      modelStatus: { ...a.failed('RuntimeDisabled', 'Specified runtime is disabled').modelStatus },
    };
    assert.deepEqual(short(serviceStatus(a.service({}, blocked))), ['failed', 'RuntimeDisabled', true]);
  });

  it('takes a Knative service that is scaled to zero for ready', () => {
    const asleep: InferenceServiceStatus = {
      ...a.ready,
      deploymentMode: 'Knative',
      modelStatus: {
        transitionStatus: 'InProgress',
        states: { activeModelState: 'Loaded', targetModelState: 'Pending' },
      },
    };
    assert.deepEqual(short(serviceStatus(a.service({}, asleep))), ['ready', undefined, true]);
  });

  it('does not take a Knative service that is started again for failed', () => {
    const left = notReady('Stopped', '', 'Knative');
    assert.deepEqual(short(serviceStatus(a.service({}, left))), ['starting', 'Starting', false]);
  });

  it('does not mind a generation that only the autoscaler had to learn of', () => {
    const scaled = a.service({ metadata: { generation: 7 }, predictor: { maxReplicas: 5 } }, a.ready);
    assert.equal(serviceStatus(scaled).state, 'ready');
    assert.equal(serviceStatus(scaled, a.deployment()).state, 'ready');
  });
});

describe('A rollout', () => {
  const isvc = a.service({}, a.ready);
  for (const [what, status, expected] of [
    ['is through', {}, true],
    ['has not been seen by the Deployment controller', { observedGeneration: 0 }, false],
    ['has old pods left', { replicas: 2 }, false],
    ['has no new pod yet', { updatedReplicas: 0 }, false],
    ['has a new pod that is not available', { availableReplicas: 0 }, false],
  ] as const) {
    it(`${expected ? 'is done' : 'goes on'} when it ${what}`, () => {
      assert.equal(isRolledOut(isvc, a.deployment(status)), expected);
    });
  }

  it('is told by our annotations too, for another archive at the same place', () => {
    const annotations = { 'model-deck.dev/archive-sha256': 'new' };
    const next = a.service({ metadata: { annotations } }, a.ready);
    assert.equal(isRolledOut(next, a.deployment({}, { 'model-deck.dev/archive-sha256': 'old' })), false);
    assert.equal(isRolledOut(next, a.deployment({}, annotations)), true);
    assert.equal(servesWantedVersion(next, a.pod({}, { metadata: { annotations } })), true);
    assert.equal(
      servesWantedVersion(next, a.pod({}, { metadata: { annotations: { 'model-deck.dev/archive-sha256': 'old' } } })),
      false,
    );
  });
});

describe('Row of an InferenceService', () => {
  it('has what a list shows', () => {
    const annotations = {
      'model-deck.dev/model-name': 'resnet18',
      'model-deck.dev/model-version': '1.0',
      'model-deck.dev/archive-sha256': 'ab',
    };
    assert.deepEqual(
      serviceSummary(a.service({ metadata: { annotations }, predictor: { minReplicas: 1, maxReplicas: 2 } }, a.ready)),
      {
        name: 'resnet18',
        namespace: 'ml',
        uid: '3f0f8a3e-0000-4000-8000-000000000001',
        resourceVersion: '4711',
        state: 'ready',
        reason: '',
        answers: true,
        createdAt: '2026-10-01T10:00:00Z',
        since: '2026-10-01T10:00:30Z',
        url: 'http://resnet18-ml.example.com',
        runtime: 'kserve-torchserve',
        protocol: 'v1',
        format: 'pytorch',
        storageUri: 'pvc://models/resnet18',
        minReplicas: 1,
        maxReplicas: 2,
        readyReplicas: 1,
        lastCondition: 'IngressReady=True',
        deploymentMode: 'Standard',
        modelName: 'resnet18',
        version: '1.0',
        sha256: 'ab',
        hasTransformer: false,
        hasExplainer: false,
      },
    );
  });

  it('is made of the least that an InferenceService may be', () => {
    const bare = { metadata: { name: 'x' }, spec: { predictor: {}, transformer: {}, explainer: {} } };
    assert.deepEqual(serviceSummary(bare), {
      name: 'x',
      namespace: '',
      uid: '',
      resourceVersion: '',
      state: 'starting',
      word: 'Pending',
      reason: "KServe's controller has not looked at it yet.",
      answers: false,
      hasTransformer: true,
      hasExplainer: true,
    });
  });

  it('is small enough for ten thousand', () => {
    const size = Buffer.byteLength(
      JSON.stringify(serviceSummary(a.service({}, notReady('FailedCreate', 'x'.repeat(100_000))))),
    );
    assert.ok(size < 2000, `${size} bytes`);
  });
});
