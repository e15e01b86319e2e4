import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose, noCauseFound, wantsLogsOf, type DiagnosisEvidence } from '../../../src/kserve/index.ts';
import { log, torchServeLog } from './diagnosisCases/case.ts';
import { cases } from './diagnosisCases/index.ts';
import * as a from './objects.ts';

describe('Diagnosis of a service that does not work', () => {
  for (const { name, evidence, code, summary, remedy } of cases) {
    it(name, () => {
      const diagnosis = diagnose(evidence);
      assert.equal(diagnosis?.code, code, diagnosis?.summary);
      if (typeof summary === 'string') assert.equal(diagnosis?.summary, summary);
      else assert.match(diagnosis?.summary ?? '', summary);
      if (remedy !== undefined) assert.match(diagnosis?.remedy ?? '', remedy);
    });
  }
});

const onOne = { spec: { nodeName: 'one' } };
const readyPod = a.pod(a.onNode([a.running()]), onOne);
const crashing = a.pod(a.onNode([a.crashing(1)]), onOne);
const refusedByQuota = a.refusingReplicaSet(
  'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
);

describe('Precedence of diagnoses', () => {
  const codeOf = (over: Partial<DiagnosisEvidence>): string | undefined => diagnose(a.evidence(over))?.code;

  it('puts what is refused before what time brings', () => {
    const late = {
      ...a.starting,
      conditions: [{ type: 'PredictorReady', status: 'False', reason: 'ProgressDeadlineExceeded' } as const],
    };
    assert.equal(codeOf({ isvc: a.service({}, late), replicaSets: [refusedByQuota] }), 'quota-exceeded');
    assert.equal(codeOf({ isvc: a.service({}, late), pods: [crashing] }), 'crash-loop');
    assert.equal(codeOf({ isvc: a.service({}, late), pods: [] }), 'deadline-exceeded');
  });

  it('puts a webhook that is down before what it lets through no more', () => {
    const webhook = a.refusingReplicaSet(
      'Internal error occurred: failed calling webhook "inferenceservice.kserve-webhook-server.pod-mutator": failed to call webhook: connection refused',
    );
    assert.equal(codeOf({ replicaSets: [refusedByQuota, webhook] }), 'webhook-down');
  });

  it('puts a missing claim before nodes that are too small', () => {
    const both = [
      a.pod(a.unschedulable('0/1 nodes are available: 1 Insufficient memory.')),
      a.pod(a.unschedulable('0/1 nodes are available: persistentvolumeclaim "models" not found.'), {
        metadata: { name: 'resnet18-predictor-6d5f7c9b4-b2b2b' },
      }),
    ];
    assert.equal(codeOf({ pods: both, claims: [] }), 'claim-missing');
  });

  it('puts a lost node before the container that it takes along', () => {
    assert.equal(codeOf({ pods: [crashing], nodes: [a.node('one', {}, false)] }), 'node-not-ready');
  });

  it('puts an image before the container that waits for it', () => {
    const pod = a.pod(
      a.onNode([a.waiting('PodInitializing')], [a.waiting('ErrImagePull', 'x', 'storage-initializer')]),
      {
        uri: 's3',
        ...onOne,
      },
    );
    assert.equal(codeOf({ pods: [pod] }), 'image-pull');
  });

  it('puts a model that was not injected before the server that misses it', () => {
    const pod = a.pod(a.onNode([a.crashing(1)]), { uri: 'none', ...onOne });
    const logs = [log('--ts-config file not found: /mnt/models/config/config.properties\n', { previous: true })];
    assert.equal(codeOf({ pods: [pod], logs }), 'model-not-injected');
    assert.equal(codeOf({ pods: [crashing], logs }), 'config-missing');
  });

  it('puts the end by memory before the errors in the log that came before it', () => {
    const pod = a.pod(a.onNode([a.crashing(137, 'OOMKilled')]), onOne);
    assert.equal(
      codeOf({ pods: [pod], logs: [log(torchServeLog('library-missing'), { previous: true })] }),
      'out-of-memory',
    );
  });

  it('looks at the pods of the version that is asked for, not at those that it replaces', () => {
    const isvc = a.service({ model: { storageUri: 'pvc://models/resnet18/2.0' } }, a.ready);
    const old = a.pod(a.onNode([a.crashing(1)]), onOne);
    const uri = { 'internal.serving.kserve.io/storage-initializer-sourceuri': 'pvc://models/resnet18/2.0' };
    const next = a.pod(a.onNode([a.waiting('ImagePullBackOff', 'not found')]), {
      ...onOne,
      metadata: { name: 'resnet18-predictor-7f-aaaaa', annotations: uri, creationTimestamp: '2026-10-01T11:00:00Z' },
    });
    assert.equal(codeOf({ isvc, pods: [old, next] }), 'image-not-found');
  });

  it('leaves aside what other services have', () => {
    const other = { kind: 'Pod', name: 'resnet18-v2-predictor-1-x' };
    const events = [a.event('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.', other)];
    const set = {
      ...refusedByQuota,
      metadata: { ...refusedByQuota.metadata, labels: { 'serving.kserve.io/inferenceservice': 'resnet18-v2' } },
    };
    assert.equal(codeOf({ events, replicaSets: [set] }), undefined);
  });
});

describe('A service that is well', () => {
  const well = a.evidence({ isvc: a.service({}, a.ready), pods: [readyPod], deployment: a.deployment() });
  const undiagnosed = (over: Partial<DiagnosisEvidence>): void => {
    assert.equal(diagnose({ ...well, ...over }), undefined);
  };

  it('has no diagnosis', () => undiagnosed({}));

  it('has none for troubles that it has overcome', () => {
    const object = { kind: 'ReplicaSet', name: a.replicaSetName };
    undiagnosed({
      events: [
        a.event('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.'),
        a.event('FailedMount', 'MountVolume.SetUp failed for volume "ca" : configmap "odh-ca" not found'),
        a.event(
          'FailedCreate',
          'Error creating: pods "x" is forbidden: exceeded quota: c, requested: pods=1, used: pods=1, limited: pods=1',
          object,
          '2026-10-01T12:00:00Z',
        ),
        a.event(
          'InternalError',
          'failed calling webhook "x": failed to call webhook: EOF',
          { kind: 'InferenceService', name: 'resnet18' },
          '2026-10-01T12:00:00Z',
        ),
      ],
    });
  });

  it('has none after its container was started again and runs', () => {
    const again = {
      ...a.running(),
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    };
    undiagnosed({ pods: [a.pod(a.onNode([again]), onOne)] });
  });

  it('has none beside pods that were evicted before', () => {
    const evicted = a.pod(
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      { metadata: { name: 'resnet18-predictor-6d5f7c9b4-old' } },
    );
    undiagnosed({ pods: [readyPod, evicted] });
  });

  it('has none for a worker that failed, was tried again and has loaded the model', () => {
    undiagnosed({ logs: [log(`${torchServeLog('two-classes')}${torchServeLog('loads')}`)] });
    assert.equal(
      diagnose({ ...well, logs: [log(`${torchServeLog('loads')}${torchServeLog('two-classes')}`)] })?.code,
      'model-classes',
    );
  });

  it('has none while it starts, is stopped or is being deleted', () => {
    undiagnosed({ isvc: a.service(), pods: [a.pod()] });
    undiagnosed({ isvc: a.service(), pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), onOne)] });
    undiagnosed({ isvc: a.service({ metadata: { annotations: { 'serving.kserve.io/stop': 'true' } } }), pods: [] });
    undiagnosed({ isvc: a.service({ metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } }), pods: [crashing] });
  });

  it('needs no logs', () => assert.deepEqual(wantsLogsOf(well), []));
});

describe('Logs that a diagnosis wants', () => {
  it('are the earlier life of a container that crashes', () => {
    assert.deepEqual(wantsLogsOf(a.evidence({ pods: [crashing] })), [
      { pod: a.podName, container: 'kserve-container', previous: true, part: 'end' },
    ]);
  });

  it('are those of the storage initializer that failed, and not of the container that waits for it', () => {
    const pod = a.pod(a.onNode([a.waiting('PodInitializing')], [a.crashing(1, 'Error', '', 'storage-initializer')]), {
      uri: 's3',
      ...onOne,
    });
    assert.deepEqual(wantsLogsOf(a.evidence({ pods: [pod] })), [
      { pod: a.podName, container: 'storage-initializer', previous: true, part: 'end' },
    ]);
  });

  it('are beginning and end of a server that runs and does not answer', () => {
    const isvc = a.service({}, a.ready);
    assert.deepEqual(
      wantsLogsOf(a.evidence({ isvc, pods: [readyPod], modelDoesNotAnswer: true })).map(({ part, previous }) => [
        part,
        previous,
      ]),
      [
        ['beginning', false],
        ['end', false],
      ],
    );
  });
});

describe('Every diagnosis', () => {
  const diagnoses = cases.map(({ name, evidence }) => ({ name, diagnosis: diagnose(evidence) }));

  it('says one sentence, one remedy, and what it stands on', () => {
    for (const { name, diagnosis } of diagnoses) {
      assert.match(diagnosis?.summary ?? '', /^\S.*\.$/, name);
      assert.doesNotMatch(diagnosis?.summary ?? '', /\n|undefined|\.\.$| {2}/, name);
      assert.match(diagnosis?.remedy ?? '', /^[A-Z].*\.$/, name);
      assert.ok((diagnosis?.evidence ?? []).length > 0, name);
    }
  });

  it('leads somewhere in the cluster that it was made for', () => {
    for (const { name, evidence } of cases) {
      const step = diagnose({ ...evidence, context: 'minikube' })?.nextStep;
      if (step !== undefined) assert.equal('context' in step && step.context, 'minikube', name);
    }
  });
});

describe('What may be on its way yet', () => {
  const told = (over: Partial<DiagnosisEvidence>): unknown[] => {
    const { code, severity } = diagnose(a.evidence(over)) ?? {};
    return [code, severity];
  };

  it('does not end a deploy: a gateway that has not accepted a route for a moment', () => {
    const ingress = {
      type: 'IngressReady',
      status: 'False',
      reason: 'HttpRouteNotReady',
      message: 'Predictor HttpRoute was not accepted',
      lastTransitionTime: '2026-10-01T10:00:30Z',
    } as const;
    const isvc = a.service({}, { conditions: [ingress, { type: 'PredictorReady', status: 'True' }] });
    const at = (time: string): Partial<DiagnosisEvidence> => ({ isvc, pods: [readyPod], now: Date.parse(time) });
    assert.deepEqual(told(at('2026-10-01T10:00:40Z')), ['ingress-failed', 'warning']);
    assert.deepEqual(told(at('2026-10-01T10:05:00Z')), ['ingress-failed', 'error']);
  });

  it("does not end a deploy: KServe's word about the version before", () => {
    const modelStatus = {
      transitionStatus: 'BlockedByFailedLoad',
      lastFailureInfo: { reason: 'ModelLoadFailed', message: 'no weights' },
    } as const;
    const isvc = a.service({}, { ...a.starting, modelStatus });
    assert.deepEqual(told({ isvc, pods: [] }), ['model-load-failed', 'warning']);
    assert.deepEqual(told({ isvc, pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), onOne)] }), [
      undefined,
      undefined,
    ]);
  });

  it('does not hand on warnings that are over', () => {
    const pod = a.pod(a.onNode([a.running(false)]), onOne);
    const events = [
      a.event('FailedScheduling', '0/1 nodes are available: 1 node(s) are asleep.'),
      a.event('FailedMount', 'MountVolume.SetUp failed for volume "x" : timed out'),
      a.event('Failed', 'something of a pod that is gone', { kind: 'Pod', name: 'resnet18-predictor-6d5f7c9b4-gone1' }),
    ];
    assert.deepEqual(told({ pods: [pod], events }), [undefined, undefined]);
  });
});

describe('When no cause is found', () => {
  it('is said what was looked at, and for how long the service is not ready', () => {
    const evidence = a.evidence({
      pods: [a.pod(a.onNode([a.running(false)]), onOne)],
      events: [a.event('Unhealthy', 'Readiness probe failed: connection refused')],
      logs: [],
      now: Date.parse('2026-10-01T10:12:02Z'),
    });
    assert.equal(diagnose(evidence), undefined);
    assert.equal(
      noCauseFound(evidence),
      'No cause found: resnet18 has not been ready for 12 min; its conditions, 1 pod, 1 event, 1 claim and 0 logs tell nothing against it.',
    );
  });

  it('is not said that a service is not ready since it became ready', () => {
    const starting = a.pod(a.onNode([a.waiting('ContainerCreating')]), onOne);
    const evidence = a.evidence({
      isvc: a.service({}, a.ready),
      pods: [readyPod, starting],
      now: Date.parse('2026-10-09T00:00:00Z'),
    });
    assert.match(
      noCauseFound(evidence) ?? '',
      /resnet18 is not wholly ready, though KServe calls it so; its conditions, 2 pods/,
    );
  });

  it('is said nothing of one that is well, stopped or being deleted', () => {
    const well = a.evidence({ isvc: a.service({}, a.ready), pods: [readyPod], deployment: a.deployment() });
    assert.equal(noCauseFound(well), undefined);
    const stopped = a.service({ metadata: { annotations: { 'serving.kserve.io/stop': 'true' } } });
    assert.equal(noCauseFound(a.evidence({ isvc: stopped })), undefined);
    const deleted = a.service({ metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } });
    assert.equal(noCauseFound(a.evidence({ isvc: deleted })), undefined);
  });

  it('is nothing thrown for a status and lists that are null', () => {
    const isvc = a.service({}, { conditions: null, components: null, modelStatus: null });
    assert.equal(diagnose(a.evidence({ isvc })), undefined);
    const pod = a.pod({ phase: 'Pending', conditions: null, containerStatuses: null } as unknown as undefined);
    const event = { ...a.event('Failed', ''), message: null } as unknown as ReturnType<typeof a.event>;
    assert.equal(diagnose(a.evidence({ pods: [pod], events: [event] })), undefined);
  });
});
