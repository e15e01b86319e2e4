import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimChoice, exampleClaim } from '../../../../src/kserve/choices/claimChoice.ts';
import type { ListedRuntimes } from '../../../../src/kserve/choices/otherRuntimes.ts';
import { runtimeChoices, type RuntimeChoices } from '../../../../src/kserve/choices/runtimeChoices.ts';
import { chooseServing } from '../../../../src/kserve/choices/servingChoice.ts';
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

  const way = {
    kind: 'torchserve',
    label: 'TorchServe archive',
    modelFormat: 'pytorch',
    protocols: ['v1', 'v2'] as const,
    server: undefined,
    verdict: () => ({ cautions: [] }),
  };
  const choices = (listed: ListedRuntimes): RuntimeChoices => runtimeChoices(chooseServing([way], listed), listed);

  it('tells what is taken, what can be named, and why not the rest', () => {
    const { automatic, runtimes } = choices({ namespaced: [], clusterWide: all });
    assert.equal(automatic.name, 'torchserve');
    assert.match(automatic.sentence, /torchserve \(TorchServe\) was chosen of 2 that can load it/);
    assert.deepEqual(
      runtimes.map(({ name, protocols, resources }) => ({ name, protocols, resources })),
      [
        { name: 'torchserve', protocols: ['v1', 'v2'], resources: 'cpu=1, memory=2Gi' },
        { name: 'triton', protocols: ['v2'], resources: 'cpu=1, memory=2Gi' },
        { name: 'sklearn', protocols: [], resources: 'cpu=1, memory=2Gi' },
      ],
    );
    assert.match(runtimes[0]?.detail ?? '', /^TorchServe, as a TorchServe archive: answers about 6 s/);
    assert.match(runtimes[2]?.unusable ?? '', /sklearn does not serve pytorch/);
    assert.equal(runtimes[1]?.unusable, undefined);
  });

  it('lets one of the namespace hide one of the cluster of the same name', () => {
    const { runtimes } = choices({
      namespaced: [runtime('torchserve', 'pytorch', ['v1'], true)],
      clusterWide: [torchserve],
    });
    const [own] = runtimes;
    assert.equal(own?.scope, 'namespace');
    assert.match(own?.unusable ?? '', /disabled/);
    assert.equal(runtimes.filter(({ name }) => name === 'torchserve').length, 1);
  });

  it('says why there is none, and what could be made; lets KServe choose where nothing may be listed', () => {
    const none = choices({ namespaced: [], clusterWide: [] });
    assert.match(none.automatic.unusable ?? '', /no serving runtime/);
    assert.ok(none.makeable.some(({ server, image }) => server === 'torchserve' && image.includes(':')));
    const unread = choices({ namespaced: undefined, clusterWide: undefined });
    assert.equal(unread.automatic.unusable, undefined);
    assert.match(unread.automatic.sentence, /only KServe knows/);
  });
});
