import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimChoice, exampleClaim } from '../../../../src/kserve/choices/claimChoice.ts';
import { runtimeChoices } from '../../../../src/kserve/choices/runtimeChoices.ts';
import type { PersistentVolumeClaim } from '../../../../src/kserve/resources/core.ts';
import type { ServingRuntime } from '../../../../src/kserve/resources/servingRuntime.ts';
import type { StorageClass } from '../../../../src/kserve/resources/storageClass.ts';

function claim(mode: string, phase: 'Bound' | 'Pending' | 'Lost' = 'Bound'): PersistentVolumeClaim {
  return {
    metadata: { name: 'models' },
    spec: { accessModes: [mode], storageClassName: 'standard', resources: { requests: { storage: '5Gi' } } },
    status: { phase, ...(phase === 'Bound' && { capacity: { storage: '10Gi' }, accessModes: [mode] }) },
  };
}
const waiting: StorageClass = { metadata: { name: 'standard' }, volumeBindingMode: 'WaitForFirstConsumer' };

describe('claimChoice', () => {
  it('says size and access mode, and what a ReadWriteOnce claim means', () => {
    assert.deepEqual(claimChoice(claim('ReadWriteMany')), { name: 'models', description: '10Gi · ReadWriteMany' });
    assert.deepEqual(claimChoice(claim('ReadWriteOnce')), {
      name: 'models',
      description: '10Gi · ReadWriteOnce',
      note: 'Only one node can use it: all pods that serve from it run there.',
    });
    assert.match(claimChoice(claim('ReadWriteOncePod')).note ?? '', /Only one pod/);
  });

  it('takes a pending claim only where it waits for its first pod', () => {
    const pending = claim('ReadWriteMany', 'Pending');
    assert.equal(claimChoice(pending, waiting).unusable, undefined);
    assert.equal(claimChoice(pending, waiting).description, '5Gi · ReadWriteMany · Pending');
    assert.match(claimChoice(pending, waiting).note ?? '', /first pod/);
    assert.match(claimChoice(pending).unusable ?? '', /standard has not made one/);
    assert.match(claimChoice(pending, { ...waiting, volumeBindingMode: 'Immediate' }).unusable ?? '', /standard/);
  });

  it('takes none that is lost, going, or only to be read', () => {
    assert.match(claimChoice(claim('ReadWriteMany', 'Lost')).unusable ?? '', /lost/);
    assert.match(claimChoice(claim('ReadOnlyMany')).unusable ?? '', /only be read/);
    const going = {
      ...claim('ReadWriteMany'),
      metadata: { name: 'models', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    assert.match(claimChoice(going).unusable ?? '', /deleted/);
  });

  it('helps who has none', () => {
    assert.match(exampleClaim('ml'), /kind: PersistentVolumeClaim\n[^]*namespace: ml\n/);
  });
});

describe('runtimeChoices', () => {
  const runtime = (name: string, format: string, protocolVersions: string[], disabled = false): ServingRuntime => ({
    metadata: { name },
    spec: {
      supportedModelFormats: [{ name: format, version: '1', autoSelect: format === 'pytorch' && name !== 'triton' }],
      protocolVersions,
      disabled,
      containers: [{ name: 'kserve-container', resources: { requests: { cpu: '1', memory: '2Gi' } } }],
    },
  });
  const torchserve = runtime('torchserve', 'pytorch', ['v1', 'v2', 'grpc-v2']);
  const all = [torchserve, runtime('triton', 'pytorch', ['v2']), runtime('sklearn', 'sklearn', ['v1'])];

  it('tells what KServe takes, what can be named, and why not the rest', () => {
    const { automatic, runtimes } = runtimeChoices('pytorch', { namespaced: [], clusterWide: all });
    assert.equal(automatic.v1.name, 'torchserve');
    assert.match(automatic.v2.sentence, /torchserve/);
    assert.deepEqual(
      runtimes.map(({ name, protocols, resources }) => ({ name, protocols, resources })),
      [
        { name: 'sklearn', protocols: [], resources: 'cpu=1, memory=2Gi' },
        { name: 'torchserve', protocols: ['v1', 'v2'], resources: 'cpu=1, memory=2Gi' },
        { name: 'triton', protocols: ['v2'], resources: 'cpu=1, memory=2Gi' },
      ],
    );
    assert.match(runtimes[0]?.unusable ?? '', /sklearn does not serve pytorch/);
    assert.equal(runtimes[2]?.unusable, undefined);
  });

  it('lets one of the namespace hide one of the cluster of the same name', () => {
    const { runtimes } = runtimeChoices('pytorch', {
      namespaced: [runtime('torchserve', 'pytorch', ['v1'], true)],
      clusterWide: all,
    });
    const [own] = runtimes;
    assert.equal(own?.scope, 'namespace');
    assert.match(own?.unusable ?? '', /disabled/);
    assert.equal(runtimes.filter(({ name }) => name === 'torchserve').length, 1);
  });

  it('says why KServe would find none', () => {
    const { automatic, runtimes } = runtimeChoices('pytorch', { namespaced: [], clusterWide: undefined });
    assert.equal(automatic.v1.name, undefined);
    assert.match(automatic.v1.sentence, /the cluster has none/);
    assert.deepEqual(runtimes, []);
  });
});
