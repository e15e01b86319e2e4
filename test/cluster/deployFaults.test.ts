import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel, type DeployOrder } from '../../src/deploy/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { ModelStore } from '../../src/stores/modelStore.ts';
import { openClusters, type Clusters, type DeployStep, type KServeTarget } from '../../src/targets/index.ts';
import { claimFolderStore } from './claimFolderStore.ts';
import { catLabels } from './harness/catModel.ts';
import { inferenceService } from './harness/inferenceService.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { packageCats } from './harness/storedCats.ts';
import { waitUntil } from '../waitUntil.ts';
import { seenInPhoto } from './seenInPhoto.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = `faults-${randomBytes(3).toString('hex')}`;

describe('a deploy that is disturbed', { skip: cluster.cannot('claimFolder') }, () => {
  let work: string;
  let store: ModelStore;
  let clusters: Clusters;
  let target: KServeTarget;
  let first: ModelArchive;
  let second: ModelArchive;

  const order = (modelPackage: ModelArchive, more: Partial<DeployOrder> = {}): DeployOrder => ({
    ...{ modelPackage, store, target, name: 'cats', protocol: 'v1' },
    ...more,
  });
  const open = (): Clusters => openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: {} });
  const uri = (): Promise<string> =>
    cluster.kubectl(['get', '-n', namespace, 'isvc/cats', '-o', 'jsonpath={.spec.predictor.model.storageUri}']);
  const seesTheCat = async (): Promise<void> =>
    assert.deepEqual(await seenInPhoto(target, `${target.id}/cats`), catLabels);
  const nothingIsLeft = async (): Promise<void> => {
    const kinds = 'isvc,deploy,rs,svc,hpa,pods';
    await waitUntil('nothing is left', async () =>
      (await cluster.kubectl(['get', '-n', namespace, kinds, '-o', 'name'])) === '' ? true : undefined,
    );
    assert.deepEqual(await store.list(), []);
  };

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-faults-'));
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    store = claimFolderStore(context, namespace, 'models', folder);
    first = await packageCats(path.join(work, 'first'), '1.0');
    second = await packageCats(path.join(work, 'second'), '2.0');
    clusters = open();
    target = await clusters.target(context, namespace);
  });
  after(async () => {
    clusters.close();
    await cluster.deleteNamespace(namespace);
    await rm(work, { recursive: true });
  });

  const unplaceable = { resources: { requests: { cpu: '1000' }, limits: { cpu: '1000' } } };
  const steps: readonly (readonly [DeployStep, object?])[] = [
    ['plan'],
    ['upload'],
    ['apply'],
    ['wait-scheduled', unplaceable],
    ['wait-containers', { image: 'kserve/does-not-exist:1.0' }],
    ['load-model'],
  ];
  for (const [at, model] of steps) {
    it(`cancelled at ${at}: nothing is left`, async () => {
      const abort = new AbortController();
      const storageUri = 'pvc://models/cats/1.0';
      const manifest = model && inferenceService({ namespace, name: 'cats', storageUri, model });
      const deployed = deployModel(order(first, manifest === undefined ? {} : { cluster: { manifest } }), {
        signal: abort.signal,
        onProgress: ({ step }) => step === at && abort.abort(),
      });
      await assert.rejects(deployed, { category: 'cancelled' });
      await nothingIsLeft();
    });
  }

  it('two deploy the same name: the one that is overtaken is told, the other one serves, nothing is lost', async () => {
    const others = open();
    const other = await others.target(context, namespace);
    let overtaking: ReturnType<typeof deployModel> | undefined;
    const overtaken = deployModel(order(first), {
      onProgress: ({ step }) => {
        if (step === 'load-model') overtaking ??= deployModel(order(second, { target: other }));
      },
    });
    await assert.rejects(overtaken, { category: 'conflict', message: /Somebody else deployed cats.*left as it is/ });
    assert.ok(overtaking);
    assert.equal((await overtaking).state, 'ready');
    assert.equal(await uri(), 'pvc://models/cats/2.0');
    await seesTheCat();
    others.close();
  });

  it('a failed new version: the old one is restored and has answered all the while', async () => {
    const third = await packageCats(path.join(work, 'third'), '3.0');
    const before = await cluster.kubectl(['get', '-n', namespace, 'isvc/cats', '-o', 'jsonpath={.spec}']);
    const pods = (): Promise<string> =>
      cluster.kubectl(['get', '-n', namespace, 'pods', '-o', 'jsonpath={.items[*].metadata.name}']);
    // The pod before it may still be ending.
    const serving = await waitUntil('there is one pod', async () => {
      const names = await pods();
      return names.includes(' ') ? undefined : names;
    });
    const failing = order(third, { cluster: { resources: { cpu: '1000' } } });
    await assert.rejects(deployModel(failing), { category: 'no-space', message: /too little cpu/ });
    await seesTheCat();
    assert.equal(await cluster.kubectl(['get', '-n', namespace, 'isvc/cats', '-o', 'jsonpath={.spec}']), before);
    assert.ok(!(await store.list()).some(({ version }) => version === '3.0'));
    await waitUntil('the new pod is gone', async () => ((await pods()) === serving ? true : undefined));
  });
});
