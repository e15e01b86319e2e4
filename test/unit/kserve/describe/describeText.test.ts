import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEvents, describePod, describeService } from '../../../../src/kserve/describe/describeText.ts';
import type { KubeEvent, Pod } from '../../../../src/kserve/resources/core.ts';
import type { InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';

const now = Date.parse('2026-08-01T12:00:00Z');
const service: InferenceService = {
  metadata: {
    name: 'net',
    namespace: 'ml',
    creationTimestamp: '2026-08-01T11:00:00Z',
    annotations: { 'model-deck.dev/model-version': '1.0' },
    finalizers: ['inferenceservice.finalizers'],
  },
  spec: {
    predictor: {
      minReplicas: 1,
      maxReplicas: 3,
      model: {
        modelFormat: { name: 'pytorch' },
        storageUri: 'pvc://models/net/1.0',
        resources: { limits: { cpu: '1', memory: '2Gi' } },
      },
    },
  },
  status: {
    url: 'http://net-ml.example.com',
    clusterServingRuntimeName: 'kserve-torchserve',
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have\n minimum availability.',
        lastTransitionTime: '2026-08-01T11:58:30Z',
      },
    ],
  },
};
const pod: Pod = {
  metadata: { name: 'net-predictor-1', namespace: 'ml', creationTimestamp: '2026-08-01T11:50:00Z' },
  spec: { nodeName: 'node-1', containers: [{ name: 'kserve-container' }] },
  status: {
    phase: 'Running',
    initContainerStatuses: [
      { name: 'storage-initializer', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
    ],
    containerStatuses: [
      {
        name: 'kserve-container',
        image: 'pytorch/torchserve-kfs:0.9.0',
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      },
    ],
  },
};
const events: readonly KubeEvent[] = [
  {
    metadata: { name: 'b' },
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting',
    count: 12,
    lastTimestamp: '2026-08-01T11:59:50Z',
    involvedObject: { kind: 'Pod', name: 'net-predictor-1' },
  },
  { metadata: { name: 'a' }, type: 'Normal', reason: 'Pulled', message: 'Pulled', eventTime: '2026-08-01T11:51:00Z' },
];

describe('describeService', () => {
  const text = describeService(
    { service, context: 'minikube', status: 'Starting', why: ['It crashes.'], pods: [pod], events },
    now,
  );

  it('says first how it is and why', () => {
    assert.deepEqual(text.split('\n').slice(0, 4), ['InferenceService net', '', 'Status:  Starting', '  It crashes.']);
  });

  it('says all that one looks for, in aligned columns', () => {
    for (const line of [
      '  URL:         http://net-ml.example.com',
      '  Created:     2026-08-01T11:00:00Z (60m ago)',
      '  Storage:   pvc://models/net/1.0',
      '  Runtime:   kserve-torchserve',
      '  Limits:    cpu 1, memory 2Gi',
      '  Replicas:  1 to 3',
      '  model-deck.dev/model-version:  1.0',
      '  Type   Status  Since  Reason                      Message',
      '  Ready  False   90s    MinimumReplicasUnavailable  Deployment does not have | minimum availability.',
      '  net-predictor-1  Running  node-1  10m',
      '    storage-initializer  init, Completed, exit code 0',
      '    kserve-container     CrashLoopBackOff: back-off 40s; before: Error, exit code 1, restarted 4 times  pytorch/torchserve-kfs:0.9.0',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line}\nis not in\n${text}`);
    }
  });

  it('lists events by their time, with how often', () => {
    assert.ok(text.indexOf('Pulled') < text.indexOf('Back-off restarting'));
    assert.match(text, /10s {2}Warning {2}BackOff {2}Pod\/net-predictor-1 {2}Back-off restarting \(12 times\)/);
  });

  it('leaves out what is not known', () => {
    const bare = describeService(
      {
        service: { metadata: { name: 'net' }, spec: { predictor: {} } },
        context: 'minikube',
        status: 'Pending',
        why: [],
        pods: [],
        events: [],
      },
      now,
    );
    assert.equal(
      bare,
      'InferenceService net\n\nStatus:  Pending\n\nPlace:\n  Context:  minikube\n\nPods:\n  none\n\nEvents:\n  none (Kubernetes forgets events after an hour)\n',
    );
  });
});

describe('describePod and describeEvents', () => {
  it('say node, containers and events', () => {
    const text = describePod(pod, 'minikube', events, now);
    assert.match(text, /^Pod net-predictor-1\n/);
    assert.match(text, /Node: {7}node-1/);
    assert.match(text, /Containers:\n {4}storage-initializer/);
    assert.match(describeEvents('net', [], now), /^Events of net\n\nnone/);
  });
});
