import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose, type Diagnosis } from '../../../../src/kserve/index.ts';
import type { KubeEvent, Pod } from '../../../../src/kserve/resources/core.ts';
import { patienceFor, patienceMs } from '../../../../src/targets/kserve/serve/loadingPatience.ts';
import type { Place } from '../../../../src/targets/kserve/place.ts';
import * as a from '../../kserve/objects.ts';

/** A cluster with or without the ConfigMap of the Cluster Autoscaler; nothing else is asked. */
function placeWith(hasAutoscaler: boolean): Place {
  const get = (): Promise<unknown> => (hasAutoscaler ? Promise.resolve({}) : Promise.reject(new Error('none')));
  return { connection: { get } } as unknown as Place;
}

const unplaced = (message: string): { diagnosis: Diagnosis; pods: readonly Pod[] } => {
  const pods = [a.pod(a.unschedulable(message))];
  const diagnosis = diagnose(a.evidence({ pods }));
  assert.ok(diagnosis);
  return { diagnosis, pods };
};
const scheduling = [
  '0/1 nodes are available: 1 Insufficient memory.',
  '0/1 nodes are available: 1 node(s) had untolerated taint {team: vision}.',
  "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  '0/1 nodes are available: 1 node(s) had volume node affinity conflict.',
  'no nodes available to schedule pods',
  'running PreBind plugin "VolumeBinding": binding volumes: timed out waiting for the condition',
].map(unplaced);
const event = (reason: string, at: string): KubeEvent => a.event(reason, 'said so', undefined, at);

describe('Patience with what may pass by itself', () => {
  it('is long for every cause of scheduling while the autoscaler brings a node', async () => {
    const events = [
      event('TriggeredScaleUp', '2026-10-01T10:00:20Z'),
      event('NotTriggerScaleUp', '2026-10-01T10:00:10Z'),
    ];
    for (const { diagnosis, pods } of scheduling) {
      const found = await patienceFor(placeWith(false), diagnosis, { events, pods }, {});
      assert.equal(found, patienceMs.autoscaler, diagnosis.code);
    }
  });

  it('is long for every cause of scheduling while the scheduler makes room on a node', async () => {
    for (const { diagnosis, pods } of scheduling) {
      const nominated = pods.map((pod) => ({ ...pod, status: { ...pod.status, nominatedNodeName: 'one' } }));
      const found = await patienceFor(placeWith(false), diagnosis, { events: [], pods: nominated }, {});
      assert.equal(found, patienceMs.autoscaler, diagnosis.code);
    }
  });

  it('is short when the autoscaler said last that it does not help', async () => {
    const events = [
      event('NotTriggerScaleUp', '2026-10-01T10:00:20Z'),
      event('TriggeredScaleUp', '2026-10-01T10:00:10Z'),
    ];
    for (const { diagnosis, pods } of scheduling) {
      const found = await patienceFor(placeWith(true), diagnosis, { events, pods }, {});
      assert.equal(found, patienceMs.scheduling, diagnosis.code);
    }
  });

  it('is long where an autoscaler runs and a new node would help, and there alone', async () => {
    const [memory, taint] = scheduling;
    assert.ok(memory && taint);
    const seen = { events: [], pods: [] };
    assert.equal(await patienceFor(placeWith(true), memory.diagnosis, seen, {}), patienceMs.autoscaler);
    assert.equal(await patienceFor(placeWith(true), taint.diagnosis, seen, {}), patienceMs.scheduling);
    assert.equal(await patienceFor(placeWith(false), memory.diagnosis, seen, {}), patienceMs.scheduling);
  });

  it('is long for a controller that has not come to a service yet, unless it was turned off', async () => {
    const { diagnosis } = unplaced('no nodes available to schedule pods');
    const silent = { ...diagnosis, mayHeal: 'controller' as const };
    const seen = { events: [], pods: [] };
    const withReplicas = (replicas: number): Place =>
      ({ connection: { get: () => Promise.resolve({ spec: { replicas } }) } }) as unknown as Place;
    assert.equal(await patienceFor(placeWith(false), silent, seen, {}), patienceMs.controller);
    assert.equal(await patienceFor(withReplicas(1), silent, seen, {}), patienceMs.controller);
    assert.equal(await patienceFor(withReplicas(0), silent, seen, {}), patienceMs.mounting);
  });

  it('follows what the diagnosis says of itself for everything else', async () => {
    const { diagnosis } = unplaced('no nodes available to schedule pods');
    const seen = { events: [], pods: [] };
    assert.equal(await patienceFor(placeWith(true), { ...diagnosis, mayHeal: 'retry' }, seen, {}), patienceMs.mounting);
    assert.equal(await patienceFor(placeWith(true), { ...diagnosis, mayHeal: false }, seen, {}), patienceMs.usual);
  });
});
