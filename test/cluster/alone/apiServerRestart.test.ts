import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openConnection, openLiveList, type ClusterConnection, type LiveList } from '../../../src/cluster/index.ts';
import { deployModel } from '../../../src/deploy/index.ts';
import { configMaps, type ConfigMap } from '../../../src/kserve/resources/core.ts';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { ClaimStore } from '../../../src/stores/index.ts';
import { openClusters, type DeployStep } from '../../../src/targets/index.ts';
import { everything, mebibyte, randomArchive, sha256Of } from '../../unit/stores/claim/fixtures.ts';
import { claimFolderStore } from '../claimFolderStore.ts';
import { catLabels } from '../harness/catModel.ts';
import { idleService } from '../harness/inferenceService.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { packageCats } from '../harness/storedCats.ts';
import { waitUntil } from '../../waitUntil.ts';
import { seenInPhoto } from '../seenInPhoto.ts';
import { TreeEditor } from '../treeEditor.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'restart';
const claim = 'models';

const configMap = (name: string): ConfigMap => ({ metadata: { name, namespace, labels: { suite: 'restart' } } });

/** What is under way when the API server goes, and comes again: one restart for all that does not write. */
describe('an API server that is started again', { skip: cluster.cannot('restartApiServer') }, () => {
  let connection: ClusterConnection;
  let folder: string;
  let work: string;

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-restart-'));
    await cluster.createNamespace(namespace);
    ({ folder = '' } = await cluster.createClaim({ namespace, name: claim }));
    connection = await openConnection({ files: [cluster.kubeconfig], contextName: context, environment: process.env });
  });
  after(async () => {
    connection.close();
    await cluster.deleteNamespace(namespace);
    await rm(work, { recursive: true });
  });

  describe('in the middle of an upload', () => {
    let archive: ModelArchive;
    let list: LiveList<unknown>;
    let tree: TreeEditor;
    const phases = new Set<string>();
    let uploading: Promise<unknown>;

    before(async () => {
      archive = await randomArchive(200 * mebibyte);
      await connection.apply(configMaps, configMap('before'));
      list = openLiveList(connection, configMaps, { namespace, labelSelector: 'suite=restart' }, ({ data }) => data);
      await list.whenListed();
      list.onDidChange(() => phases.add(list.state().phase));
      await cluster.kubectl(['apply', '-f', '-'], { input: idleService(namespace, 'before') });
      tree = new TreeEditor(cluster.kubeconfig);
      await tree.open();
      await tree.row(context, namespace, 'before');
      let restarted: Promise<void> | undefined;
      uploading = new ClaimStore({ connection, namespace, claim }).put(archive, {
        onProgress: ({ step, done = 0, total = 1 }) => {
          if (step === 'upload' && done >= 0.4 * total) restarted ??= cluster.restartApiServer();
        },
      });
      // What it says is for the first test to tell.
      await uploading.catch(() => undefined);
      assert.ok(restarted, 'the upload was still under way');
      await restarted;
    });
    after(async () => {
      list.close();
      tree.close();
      await rm(archive.folder, { recursive: true });
    });

    it('the upload ends whole', async () => {
      await uploading;
      const [stored] = await new ClaimStore({ connection, namespace, claim }).list();
      assert.deepEqual([stored?.sha256, stored?.size], [archive.sha256, archive.size]);
      assert.equal(
        await sha256Of(path.join(folder, 'cats', '1.0', 'model-store', 'cats.mar')),
        archive.sha256,
        'what the store says of it is so',
      );
      assert.deepEqual(
        (await everything(folder)).filter((file) => /(^|\/)\./.test(file)),
        [],
      );
    });

    it('a list that is followed is stale, and live again', async () => {
      await connection.apply(configMaps, configMap('afterwards'));
      await waitUntil('the list is live', () => {
        const { rows, phase } = list.state();
        return Promise.resolve((rows.has(`${namespace}/afterwards`) && phase === 'live') || undefined);
      });
      assert.ok(phases.has('stale'));
      await connection.delete(configMaps, configMap('before').metadata);
      await waitUntil('what was deleted is gone', () =>
        Promise.resolve(!list.state().rows.has(`${namespace}/before`) || undefined),
      );
    });

    it('the tree goes on where it was', async () => {
      await cluster.kubectl(['apply', '-f', '-'], { input: idleService(namespace, 'afterwards') });
      await tree.row(context, namespace, 'afterwards');
      const row = await tree.row(context);
      await tree.until(
        () => row.node.description === 'current',
        () => `a healthy context; it says ${row.node.description}`,
      );
    });

    it('a list is read again where the server no longer knows the version', async () => {
      const seen: string[] = [];
      const end = await connection.watch(configMaps, {
        namespace,
        resourceVersion: '1',
        onEvent: (event) => seen.push(event.type),
      });
      assert.deepEqual([end, seen], ['expired', []]);
    });
  });

  it('while a deploy is applied, and once more while its model is loaded: it becomes ready', async () => {
    const clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: {} });
    const target = await clusters.target(context, namespace);
    const store = claimFolderStore(context, namespace, claim, folder);
    const archive = await packageCats(path.join(work, 'cats'), '2.0');
    const restarts = new Map<DeployStep, Promise<void>>();
    try {
      const deployment = await deployModel(
        { modelPackage: archive, store, target, name: 'cats', protocol: 'v1' },
        {
          onProgress: ({ step }) => {
            if (step !== 'apply' && step !== 'load-model') return;
            if (!restarts.has(step)) restarts.set(step, cluster.restartApiServer());
          },
        },
      );
      await Promise.all(restarts.values());
      assert.equal(restarts.size, 2);
      assert.equal(deployment.state, 'ready');
      assert.deepEqual(await seenInPhoto(target, `${target.id}/cats`), catLabels);
    } finally {
      clusters.close();
    }
  });
});
