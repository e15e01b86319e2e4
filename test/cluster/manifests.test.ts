import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dump, load } from 'js-yaml';
import { deployModel, planDeploy, type DeployOrder } from '../../src/deploy/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { ModelStore } from '../../src/stores/modelStore.ts';
import { openClusters, type Clusters, type KServeTarget } from '../../src/targets/index.ts';
import { claimFolderStore } from './claimFolderStore.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { packageCats } from './harness/storedCats.ts';

type Json = Record<string, unknown>;

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = `manifests-${randomBytes(3).toString('hex')}`;
const gpu = 'nvidia.com/gpu';

/** What a user writes into the plan: quantities as numbers, without quotes. */
const typed = {
  labels: { team: 'vision' },
  annotations: { 'example.com/owner': 'ana', 'serving.kserve.io/autoscalerClass': 'hpa' },
  predictor: {
    tolerations: [{ key: gpu, operator: 'Exists', effect: 'NoSchedule' }],
    serviceAccountName: 'default',
    imagePullSecrets: [{ name: 'registry' }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, preference: { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'Exists' }] } },
        ],
      },
    },
    securityContext: { runAsUser: 1000 },
    minReplicas: 1,
    maxReplicas: 3,
    scaleMetric: 'cpu',
    scaleTarget: 70,
  },
  model: {
    env: [
      { name: 'OMP_NUM_THREADS', value: '2' },
      { name: 'EXTRA', value: 'x' },
    ],
    resources: { requests: { cpu: 0.5, memory: '1Gi', [gpu]: 1 }, limits: { cpu: 2, memory: '2Gi', [gpu]: 1 } },
  },
  canary: [
    {
      trafficPercent: 0,
      predictor: {
        name: 'next',
        minReplicas: 1,
        model: { storageUri: 'pvc://models/cats/1.0' },
        nodeSelector: { zone: 'none' },
      },
    },
  ],
};

/** The same as KServe's webhook writes it. */
const kept = {
  ...typed,
  model: {
    ...typed.model,
    resources: {
      requests: { cpu: '500m', memory: '1Gi', [gpu]: '1' },
      limits: { cpu: '2', memory: '2Gi', [gpu]: '1' },
    },
  },
};

const without = (from: Json, ...keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

describe('what people write into their manifests, on a real cluster', { skip: cluster.cannot('claimFolder') }, () => {
  let work: string;
  let store: ModelStore;
  let clusters: Clusters;
  let target: KServeTarget;
  let first: ModelArchive;
  let second: ModelArchive;
  const id = (): string => `${target.id}/cats`;
  const order = (modelPackage: ModelArchive, more: Partial<DeployOrder> = {}): DeployOrder => ({
    ...{ modelPackage, store, target, name: 'cats', protocol: 'v1' },
    ...more,
  });
  const live = async (name = 'cats'): Promise<{ metadata: Json; spec: Json & { predictor: Json & { model: Json } } }> =>
    JSON.parse(await cluster.kubectl(['get', '-n', namespace, `isvc/${name}`, '-o', 'json'])) as never;
  /** All that {@link typed} names, as it is in the cluster. */
  const seen = async (): Promise<unknown> => {
    const { metadata, spec } = await live();
    const pick = (from: unknown, of: object): Json =>
      Object.fromEntries(Object.keys(of).map((key) => [key, (from as Json | undefined)?.[key]]));
    return {
      labels: pick(metadata['labels'], typed.labels),
      annotations: pick(metadata['annotations'], typed.annotations),
      predictor: pick(spec.predictor, typed.predictor),
      model: pick(spec.predictor.model, typed.model),
      // KServe's webhook writes empty fields beside those of the user.
      canary: (spec['canary'] as typeof typed.canary | undefined)?.map(({ trafficPercent, predictor }) => {
        const { name, minReplicas, model, nodeSelector } = predictor;
        return {
          trafficPercent,
          predictor: { name, minReplicas, model: pick(model, { storageUri: '' }), nodeSelector },
        };
      }),
    };
  };
  const withAll = (yaml: string): string => {
    const plan = load(yaml) as { metadata: Json; spec: { predictor: Json } };
    const { metadata, spec } = plan;
    const model = { ...(spec.predictor['model'] as Json), ...typed.model };
    return dump({
      ...plan,
      metadata: {
        ...metadata,
        labels: typed.labels,
        annotations: { ...(metadata['annotations'] as Json), ...typed.annotations },
      },
      spec: { canary: typed.canary, predictor: { ...spec.predictor, ...typed.predictor, model } },
    });
  };

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-manifests-'));
    await cluster.createNamespace(namespace);
    for (const node of cluster.nodeNames) {
      const patch = JSON.stringify({ status: { allocatable: { [gpu]: '4' }, capacity: { [gpu]: '4' } } });
      await cluster.kubectl(['patch', 'node', node, '--subresource=status', '--type=merge', '-p', patch]);
    }
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    store = claimFolderStore(context, namespace, 'models', folder);
    first = await packageCats(path.join(work, 'first'), '1.0');
    second = await packageCats(path.join(work, 'second'), '2.0');
    clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: {} });
    target = await clusters.target(context, namespace);
  });
  after(async () => {
    clusters.close();
    await cluster.deleteNamespace(namespace);
    await rm(work, { recursive: true });
  });

  it('is planned with its numbers, applied, and stays over a redeploy', async () => {
    const [object] = (await planDeploy(order(first))).objects ?? [];
    const manifest = withAll(object?.yaml ?? '');
    assert.match(manifest, /nvidia\.com\/gpu: 1$/m);
    const plan = await planDeploy(order(first, { cluster: { manifest } }));
    assert.deepEqual(plan.objects?.[0]?.dryRun, { ok: true });
    assert.equal((await deployModel(order(first, { cluster: { manifest } }))).state, 'ready');
    assert.deepEqual(await seen(), kept);
    const [next] = (await planDeploy(order(second))).objects ?? [];
    assert.deepEqual([next?.action, next?.removes], ['change', undefined]);
    const deployment = await deployModel(order(second));
    assert.equal(deployment.model.version, '2.0');
    assert.deepEqual(await seen(), kept);
  });

  it('is named when it would go, and comes back with the version that had it', async () => {
    const plan = load((await planDeploy(order(second))).objects?.[0]?.yaml ?? '') as {
      spec: { predictor: Json & { model: Json } };
      metadata: Json;
    };
    const predictor = without(plan.spec.predictor, 'tolerations', 'nodeSelector');
    const model = { ...plan.spec.predictor.model, env: [{ name: 'EXTRA', value: 'x' }] };
    const manifest = dump({ ...plan, spec: { predictor: { ...predictor, model } } });
    const removing = order(second, { cluster: { manifest } });
    const { removes = [] } = (await planDeploy(removing)).objects?.[0] ?? {};
    assert.deepEqual([...removes].sort(), [
      '.spec.canary',
      '.spec.predictor.model.env[name="OMP_NUM_THREADS"]',
      '.spec.predictor.nodeSelector',
      '.spec.predictor.tolerations',
    ]);
    await deployModel(removing);
    assert.notDeepEqual(await seen(), kept);
    const [earlier] = await target.versions.earlier(id());
    assert.equal(earlier?.version, '1.0');
    await target.versions.rollBack(id(), earlier);
    assert.deepEqual(await seen(), kept);
  });

  it('is edited item by item: what was renamed or taken out is gone, also what somebody else wrote', async () => {
    const names = async (): Promise<unknown> =>
      ((await live()).spec.predictor.model['env'] as { name: string }[]).map(({ name }) => name);
    const yaml = await target.manifests.read(id(), 'edit');
    await target.manifests.apply(yaml.replace('name: EXTRA', 'name: RENAMED'));
    assert.deepEqual(await names(), ['OMP_NUM_THREADS', 'RENAMED']);
    const theirs = {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'cats', namespace },
      spec: { predictor: { model: { env: [{ name: 'THEIRS', value: '1' }], modelFormat: { name: 'pytorch' } } } },
    };
    await cluster.kubectl(['apply', '--server-side', '--field-manager=argocd', '-f', '-'], {
      input: JSON.stringify(theirs),
    });
    assert.deepEqual(await names(), ['OMP_NUM_THREADS', 'RENAMED', 'THEIRS']);
    const again = await target.manifests.read(id(), 'edit');
    await target.manifests.apply(again.replace('name: THEIRS', 'name: OURS').replace('name: RENAMED', 'name: LAST'));
    assert.deepEqual(await names(), ['OMP_NUM_THREADS', 'LAST', 'OURS']);
  });
});
