import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podRow } from '../../../src/kserve/pods.ts';
import type { Pod } from '../../../src/kserve/resources/core.ts';
import { ageOf } from '../../../src/kserve/describe/age.ts';
import { claimRow } from '../../../src/views/clusters/claimNodes.ts';
import { podDetail } from '../../../src/views/clusters/podNodes.ts';
import { runtimeRow } from '../../../src/views/clusters/runtimeNodes.ts';

describe('ageOf', () => {
  it("says a time as kubectl's AGE does", () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const ages = [45, 119, 720, 3 * 3600 - 1, 30 * 3600, 99 * 3600, 96 * 3600, 100 * 86_400, 3 * 365 * 86_400];
    assert.deepEqual(
      ages.map((seconds) => ageOf(new Date(now - seconds * 1000).toISOString(), now)),
      ['45s', '119s', '12m', '179m', '30h', '4d3h', '4d', '100d', '3y'],
    );
  });

  it('says nothing of what is no time, and 0 of a clock that is ahead', () => {
    assert.equal(ageOf(undefined), undefined);
    assert.equal(ageOf('soon'), undefined);
    assert.equal(ageOf('2026-01-01T00:01:00Z', Date.parse('2026-01-01T00:00:00Z')), '0s');
  });
});

describe('what is kept of an object', () => {
  it('of a pod: what kubectl lists, and its containers', () => {
    const pod: Pod = {
      metadata: { name: 'p', namespace: 'ml' },
      spec: { containers: [{ name: 'kserve-container' }, { name: 'agent' }, { name: 'late' }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'agent', state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } },
          { name: 'kserve-container', ready: true, state: { running: {} } },
        ],
      },
    };
    const detail = podDetail(pod, podRow(pod));
    assert.equal(detail.status, 'ImagePullBackOff');
    assert.deepEqual(detail.containerStates, [
      { name: 'kserve-container', state: 'running' },
      { name: 'agent', state: 'waiting', reason: 'ImagePullBackOff', message: 'no such image' },
      { name: 'late', state: 'waiting' },
    ]);
  });

  it('of a pod that fits no node: that, and whose it is', () => {
    const pod: Pod = {
      metadata: { name: 'p', labels: { 'serving.kserve.io/inferenceservice': 'resnet' } },
      spec: { containers: [{ name: 'kserve-container' }] },
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    };
    const { status, service } = podDetail(pod, podRow(pod));
    assert.deepEqual([status, service], ['Unschedulable', 'resnet']);
  });

  it('of a claim: what it has once it is bound, what was asked for before', () => {
    const metadata = { name: 'models', namespace: 'ml' };
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } };
    assert.deepEqual(claimRow({ metadata, spec }), {
      ...metadata,
      phase: 'Pending',
      capacity: '5Gi',
      accessModes: ['ReadWriteOnce'],
    });
    const status = { phase: 'Bound' as const, capacity: { storage: '8Gi' }, accessModes: ['ReadWriteMany'] };
    const bound = claimRow({ metadata, spec: { ...spec, storageClassName: 'fast' }, status });
    assert.deepEqual([bound.capacity, bound.accessModes, bound.storageClass], ['8Gi', ['ReadWriteMany'], 'fast']);
  });

  it('of a runtime: what it serves and whether it may', () => {
    const supportedModelFormats = [{ name: 'pytorch', version: '1', autoSelect: true }, { name: 'onnx' }];
    const spec = { supportedModelFormats, protocolVersions: ['v2'], disabled: true, containers: [{ name: 'c', image: 'i' }] }; // prettier-ignore
    assert.deepEqual(runtimeRow({ metadata: { name: 'r' }, spec }), {
      name: 'r',
      formats: ['pytorch 1 (auto)', 'onnx'],
      protocols: ['v2'],
      image: 'i',
      isDisabled: true,
    });
    assert.deepEqual(runtimeRow({ metadata: { name: 'r' }, spec: {} }).formats, []);
  });
});
