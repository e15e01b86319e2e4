import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { dump, load } from 'js-yaml';
import { inferenceServices, type InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { clusterServingRuntimes } from '../../../../src/kserve/resources/servingRuntime.ts';
import type { KServeNamespace } from '../../../../src/targets/kserve/kserveTarget.ts';
import { removedFields } from '../../../../src/targets/kserve/plan/removedFields.ts';
import { waitingTimes } from '../../../../src/targets/kserve/serve/waitUntilServing.ts';
import type { ClusterDeployOptions, PlannedObject } from '../../../../src/targets/target.ts';
import type { FakeCluster } from './fakeCluster.ts';
import { fakeNamespace, fakeServer, order, shortWaits, torchServe, useTimes } from './fakeKServe.ts';

type Json = Record<string, unknown>;

const id = 'kserve:minikube/ml/cats';
/** What a user may write into the plan; numbers as YAML has them. */
const typed = {
  labels: { team: 'vision' },
  annotations: { 'example.com/owner': 'ana', 'serving.kserve.io/autoscalerClass': 'hpa' },
  predictor: {
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    serviceAccountName: 'reader',
    imagePullSecrets: [{ name: 'registry' }],
    nodeSelector: { zone: 'a' },
    affinity: { nodeAffinity: {} },
    securityContext: { runAsNonRoot: true },
    minReplicas: 2,
    maxReplicas: 5,
    scaleMetric: 'cpu',
    scaleTarget: 70,
  },
  model: {
    runtime: 'kserve-torchserve',
    env: [{ name: 'OMP_NUM_THREADS', value: '4' }],
    resources: { requests: { cpu: 0.5, 'nvidia.com/gpu': 1 }, limits: { cpu: 2, 'nvidia.com/gpu': 1 } },
  },
  canary: [{ trafficPercent: 10, predictor: { name: 'next', model: { storageUri: 'pvc://models/cats/next' } } }],
};

describe('what the user made of a service', () => {
  let cluster: FakeCluster;
  let target: KServeNamespace;
  let server: Awaited<ReturnType<typeof fakeServer>>;
  const live = (): InferenceService => cluster.peek(inferenceServices, 'cats') as InferenceService;
  const planned = async (version: string, cluster: ClusterDeployOptions = {}): Promise<PlannedObject> => {
    const [object] = (await target.plan(order(version, { cluster }))).objects ?? [];
    assert.ok(object);
    return object;
  };
  /** The plan of a version as a user changes it. */
  const edited = async (version: string, change: (manifest: Json) => Json, more = {}): Promise<string> =>
    dump(change(load((await planned(version, more)).yaml) as Json));
  const withAll = (manifest: Json): Json => {
    const { metadata, spec } = manifest as { metadata: Json; spec: { predictor: Json } };
    const predictor = { ...spec.predictor, ...typed.predictor };
    return {
      ...manifest,
      metadata: {
        ...metadata,
        labels: typed.labels,
        annotations: { ...(metadata['annotations'] as Json), ...typed.annotations },
      },
      spec: {
        ...spec,
        canary: typed.canary,
        predictor: { ...predictor, model: { ...(spec.predictor['model'] as Json), ...typed.model } },
      },
    };
  };
  /** All that {@link typed} names, as it is in the cluster. */
  const seen = (): unknown => {
    const { metadata, spec } = live();
    const pick = (from: unknown, of: object): Json =>
      Object.fromEntries(Object.keys(of).map((key) => [key, (from as Json)[key]]));
    return {
      labels: pick(metadata.labels ?? {}, typed.labels),
      annotations: pick(metadata.annotations ?? {}, typed.annotations),
      predictor: pick(spec.predictor, typed.predictor),
      model: pick(spec.predictor.model, typed.model),
      canary: spec['canary'],
    };
  };

  useTimes(waitingTimes, shortWaits);
  before(async () => {
    server = await fakeServer(() => ({ body: { ready: true } }));
  });
  after(() => server.close());
  beforeEach(() => {
    ({ cluster, target } = fakeNamespace(server.url));
  });
  afterEach(() => target.dispose());

  it('stays over plan, deploy, redeploy and roll back', async () => {
    await target.deploy(order('1.0', { cluster: { manifest: await edited('1.0', withAll) } }));
    assert.deepEqual(seen(), typed);
    const plan = await planned('2.0');
    assert.deepEqual([plan.action, plan.removes], ['change', undefined]);
    await target.deploy(order('2.0'));
    assert.deepEqual(seen(), typed);
    assert.equal(live().spec.predictor.model?.storageUri, 'pvc://models/cats/2.0');
    const other = await edited('2.0', (manifest) => ({ ...manifest, metadata: { name: 'cats', namespace: 'ml' } }));
    await target.deploy(order('2.0', { cluster: { manifest: other } }));
    assert.equal(live().metadata.labels?.['team'], undefined);
    const [earlier] = await target.versions.earlier(id);
    assert.ok(earlier);
    await target.versions.rollBack(id, earlier);
    assert.deepEqual(seen(), typed);
    assert.equal(live().spec.predictor.model?.storageUri, 'pvc://models/cats/1.0');
    assert.equal((await planned('1.0')).action, 'unchanged');
  });

  it('gives way to an answer that is another one than the last time, field by field', async () => {
    const answers = { resources: { cpu: '1', memory: '2Gi' }, minReplicas: 1, maxReplicas: 1 };
    const manifest = await edited('1.0', withAll, answers);
    await target.deploy(order('1.0', { cluster: { ...answers, manifest } }));
    await target.deploy(order('2.0', { cluster: answers }));
    assert.deepEqual(seen(), typed, 'the answers of the last time change nothing');
    await target.deploy(
      order('2.0', { cluster: { ...answers, resources: { cpu: '3', memory: '2Gi' }, maxReplicas: 9 } }),
    );
    const { model, minReplicas, maxReplicas } = live().spec.predictor;
    assert.deepEqual([minReplicas, maxReplicas], [2, 9]);
    assert.deepEqual(model?.resources, {
      requests: { cpu: '3', 'nvidia.com/gpu': 1 },
      limits: { cpu: '3', 'nvidia.com/gpu': 1 },
    });
  });

  it('stays away when the user took it out', async () => {
    const answers = { resources: { cpu: '1', memory: '2Gi' } };
    const manifest = await edited(
      '1.0',
      (plan) => {
        const { spec } = plan as { spec: { predictor: { model: Json } } };
        const fields = Object.entries(spec.predictor.model).filter(([key]) => key !== 'resources');
        const model = Object.fromEntries(fields);
        return { ...plan, spec: { predictor: { ...spec.predictor, model } } };
      },
      answers,
    );
    await target.deploy(order('1.0', { cluster: { ...answers, manifest } }));
    await target.deploy(order('2.0', { cluster: answers }));
    assert.equal(live().spec.predictor.model?.resources, undefined);
  });

  it('goes where another server could not use it, and the plan names it', async () => {
    const manifest = await edited('1.0', (plan) => {
      const { spec } = plan as { spec: { predictor: { model: Json } } };
      const model = { ...spec.predictor.model, runtime: 'kserve-torchserve', args: ['--x'], runtimeVersion: '0.12.0' };
      return { ...plan, spec: { predictor: { nodeSelector: { zone: 'a' }, model } } };
    });
    await target.deploy(order('1.0', { cluster: { manifest } }));
    const other = { ...torchServe, metadata: { name: 'other' } };
    cluster.put(clusterServingRuntimes, other, 'installer');
    const { removes } = await planned('2.0', { runtime: 'other' });
    assert.deepEqual(removes, ['.spec.predictor.model.args', '.spec.predictor.model.runtimeVersion']);
    await target.deploy(order('2.0', { cluster: { runtime: 'other' } }));
    assert.deepEqual(live().spec.predictor['nodeSelector'], { zone: 'a' });
    assert.equal(live().spec.predictor.model?.args, undefined);
  });

  it('is known to be another model where a place was typed: it is not called what was asked for', async () => {
    const manifest = (await planned('1.0')).yaml.replace('cats/1.0', 'dogs/7');
    const { model } = await target.deploy(order('1.0', { cluster: { manifest } }));
    assert.deepEqual([model.name, model.version, model.sha256], ['cats', undefined, undefined]);
    assert.equal(live().metadata.annotations?.['model-deck.dev/model-name'], undefined);
    await target.deploy(order('2.0'));
    assert.equal(live().spec.predictor.model?.storageUri, 'pvc://models/cats/2.0');
    const [earlier] = await target.versions.earlier(id);
    assert.deepEqual([earlier?.version, earlier?.storageUri], ['7', 'pvc://models/dogs/7']);
  });
});

describe('fields that are taken away', () => {
  const object = (spec: unknown, labels = {}): { metadata: { name: string; labels: object }; spec: unknown } => ({
    ...{ metadata: { name: 'cats', labels }, spec },
  });

  it('are named by the uppermost that is gone, items by their keys, values and index', () => {
    const before = object(
      {
        gone: { a: 1 },
        kept: { a: 1, b: 2 },
        env: [{ name: 'A', value: '1' }, { name: 'B' }],
        args: ['-x', '-y'],
        tolerations: [{ key: 'a' }, { key: 'b' }],
        ports: [{ containerPort: 1 }, { containerPort: 2, name: 'x' }],
        empty: {},
      },
      { team: 'a' },
    );
    const after = object({
      kept: { a: 2 },
      env: [{ name: 'A' }, { name: 'C' }],
      args: ['-y'],
      tolerations: [{ key: 'b' }],
      ports: [{ containerPort: 1, protocol: 'TCP' }],
    });
    assert.deepEqual(removedFields(before as never, after as never), [
      '.metadata.labels.team',
      '.spec.gone',
      '.spec.kept.b',
      '.spec.env[name="A"].value',
      '.spec.env[name="B"]',
      '.spec.args[="-x"]',
      '.spec.tolerations[0]',
      '.spec.ports[containerPort=2]',
    ]);
    assert.deepEqual(removedFields(before as never, before as never), []);
  });
});
