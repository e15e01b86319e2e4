import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podHealth, serviceStatus, serviceSummary, withPodHealth, type PodHealth } from '../../../src/kserve/index.ts';
import type { Condition, Pod } from '../../../src/kserve/resources/core.ts';
import * as a from './objects.ts';

const healthOf = (...pods: readonly Pod[]): readonly PodHealth[] => pods.flatMap((pod) => podHealth(pod) ?? []);
const running = a.pod(a.onNode([a.running()]));
const crashing = a.pod(a.onNode([a.crashing(1)]), { metadata: { name: 'resnet18-predictor-7f-aaaaa' } });
const initCrash = a.pod(a.onNode([a.waiting('PodInitializing')], [a.crashing(1, 'Error', '', 'storage-initializer')]), {
  uri: 's3',
});

describe('A service that KServe calls ready', () => {
  const ready = a.service({}, a.ready);

  it('is, while its pods run or start', () => {
    const starting = a.pod(a.onNode([a.waiting('ContainerCreating')]));
    assert.equal(serviceStatus(ready, undefined, healthOf(running, starting)).state, 'ready');
  });

  it('is not while its only pod crashes, also in an init container', () => {
    const { state, word, reason, answers } = serviceStatus(ready, undefined, healthOf(initCrash));
    assert.deepEqual([state, word, answers], ['failed', 'Init:CrashLoopBackOff', false]);
    assert.equal(
      reason,
      `KServe calls it ready, but the pod ${a.podName} does not run (Init:CrashLoopBackOff); none is ready.`,
    );
  });

  it('is not between two crashes, when the container happens to run', () => {
    const again = { ...a.running(false), restartCount: 4, lastState: { terminated: { exitCode: 1, reason: 'Error' } } };
    assert.equal(serviceStatus(ready, undefined, healthOf(a.pod(a.onNode([again])))).word, 'CrashLoopBackOff');
  });

  it('answers though one of its pods crashes', () => {
    const { state, answers, reason } = serviceStatus(ready, undefined, healthOf(running, crashing));
    assert.deepEqual([state, answers], ['failed', true]);
    assert.match(
      reason,
      /the pod resnet18-predictor-7f-aaaaa does not run \(CrashLoopBackOff\); 1 is ready and answers\.$/,
    );
  });

  it('is judged without pods that are leaving or were evicted', () => {
    const leaving = a.pod(a.onNode([a.crashing(1)]), { metadata: { deletionTimestamp: '2026-10-01T11:00:00Z' } });
    const evicted = a.pod({ phase: 'Failed', reason: 'Evicted' });
    assert.equal(serviceStatus(ready, undefined, healthOf(running, leaving, evicted)).state, 'ready');
  });

  it('has a row that says so, and other rows are left as they are', () => {
    const row = serviceSummary(ready);
    const { state, word, answers } = withPodHealth(row, healthOf(crashing));
    assert.deepEqual([state, word, answers], ['failed', 'CrashLoopBackOff', false]);
    assert.equal(withPodHealth(row, healthOf(running)), row);
    const starting = serviceSummary(a.service());
    assert.equal(withPodHealth(starting, healthOf(crashing)), starting);
  });
});

describe('A service in Knative mode', () => {
  const condition = (type: string, status: Condition['status'], reason = '', message = ''): Condition => ({
    type,
    status,
    reason,
    message,
  });
  const failed = condition(
    'PredictorConfigurationReady',
    'False',
    'RevisionFailed',
    'Revision "r-1" failed with message: no.',
  );
  const bare = { metadata: { annotations: {} } };

  it('says why its revision failed, though an older KServe names no mode', () => {
    const conditions = [failed, condition('PredictorReady', 'False', 'RevisionMissing'), condition('Ready', 'False')];
    const { state, word, reason } = serviceStatus(a.service(bare, { conditions }));
    assert.deepEqual([state, word], ['failed', 'RevisionFailed']);
    assert.match(reason, /^Predictor configuration is not ready: RevisionFailed: Revision "r-1" failed/);
  });

  it('says that a new revision failed and an earlier one answers', () => {
    const conditions = [failed, condition('PredictorReady', 'True'), condition('Ready', 'True')];
    const { state, answers, reason } = serviceStatus(a.service(bare, { conditions, deploymentMode: 'Serverless' }));
    assert.deepEqual([state, answers], ['failed', true]);
    assert.match(reason, /An earlier revision goes on answering\.$/);
  });

  it('could not load nothing that failed: a blocked load without a failure says no more than its conditions', () => {
    const modelStatus = {
      transitionStatus: 'BlockedByFailedLoad',
      states: { activeModelState: '', targetModelState: 'FailedToLoad' },
      copies: { failedCopies: 0, totalCopies: 0 },
    } as const;
    const waiting = [condition('PredictorConfigurationReady', 'Unknown', 'Deploying', 'Waiting for the revision')];
    const { state, reason } = serviceStatus(a.service(bare, { conditions: waiting, modelStatus }));
    assert.equal(state, 'starting');
    assert.doesNotMatch(reason, /could not be loaded/);
  });
});

describe('A status with nulls, as a Go program writes what is empty', () => {
  it('is one that KServe has not filled', () => {
    const service = a.service({}, { conditions: null, components: null, modelStatus: null });
    assert.deepEqual([serviceStatus(service).state, serviceStatus(service).word], ['starting', 'Pending']);
    assert.equal(serviceSummary(service).state, 'starting');
  });
});
