import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { inferenceServiceConfigMap, readEarlierVersions, readProvenance } from '../../../../src/kserve/index.ts';
import { configMaps, events, namespaces, type ConfigMap } from '../../../../src/kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { clusterServingRuntimes } from '../../../../src/kserve/resources/servingRuntime.ts';
import { deletionTimes } from '../../../../src/targets/kserve/operate/deleteService.ts';
import { KServeNamespace } from '../../../../src/targets/kserve/kserveTarget.ts';
import { patienceMs } from '../../../../src/targets/kserve/serve/loadingPatience.ts';
import { waitingTimes } from '../../../../src/targets/kserve/serve/waitUntilServing.ts';
import { waitUntil } from '../../../waitUntil.ts';
import { status, type FakeCluster } from './fakeCluster.ts';
import {
  fakeNamespace,
  fakeServer,
  order,
  shortWaits,
  storedModel,
  torchServe,
  useTimes,
  type FakeKServe,
} from './fakeKServe.ts';

const serverType = 'serving.kserve.io/server-type';

describe('deploy to KServe', () => {
  let cluster: FakeCluster;
  let kserve: FakeKServe;
  let target: KServeNamespace;
  let server: Awaited<ReturnType<typeof fakeServer>>;
  let isLoaded = true;
  const live = (): InferenceService | undefined => cluster.peek(inferenceServices, 'cats');
  const uri = (): string | undefined => live()?.spec.predictor.model?.storageUri;

  useTimes(deletionTimes, { finalizersMs: 50, podsMs: 50, lookMs: 5 });
  useTimes(waitingTimes, shortWaits);
  useTimes(patienceMs, { usual: 150, scheduling: 200, mounting: 200 });
  before(async () => {
    server = await fakeServer(() =>
      isLoaded ? { body: { ready: true } } : { status: 503, body: { error: 'loading' } },
    );
  });
  after(() => server.close());
  beforeEach(() => {
    isLoaded = true;
    ({ cluster, kserve, target } = fakeNamespace(server.url));
  });
  afterEach(() => target.dispose());

  it('applies what it planned, and resolves when the model answers', async () => {
    const steps: string[] = [];
    const deployment = await target.deploy(order(), { onProgress: ({ step }) => steps.push(step) });
    assert.deepEqual(
      { ...deployment },
      {
        id: 'kserve:minikube/ml/cats',
        name: 'cats',
        targetId: 'kserve:minikube/ml',
        state: 'ready',
        model: { name: 'cats', version: '1.0', storageUri: 'pvc://models/cats/1.0', sha256: '1'.repeat(64) },
        runtime: '',
        protocol: 'v1',
        url: 'http://cats-ml.example.com',
      },
    );
    assert.equal(readProvenance(live() as InferenceService).extensionVersion, '9.9.9');
    assert.ok(server.asked.includes('GET /v1/models/cats'));
    assert.equal(steps[0], 'apply');
    assert.equal(cluster.openWatches, 0);
    assert.ok(cluster.did.includes('close forward'));
  });

  it('is not ready before the model is, whatever Kubernetes says', async () => {
    isLoaded = false;
    const steps = new Set<string>();
    const deployed = target.deploy(order(), {
      onProgress: ({ step }) => {
        steps.add(step);
        if (step === 'load-model') setTimeout(() => (isLoaded = true), 20);
      },
    });
    assert.equal((await deployed).state, 'ready');
    assert.ok(steps.has('load-model'));
  });

  it('asks the new pod, while the old one serves on', async () => {
    await target.deploy(order('1.0'));
    const [old] = kserve.podsOf('cats');
    kserve.podsBecome = 'creating';
    let hasPulled = false;
    const deployed = target.deploy(order('2.0'), {
      onProgress: ({ step }) => {
        if (step !== 'wait-containers' || hasPulled) return;
        hasPulled = true;
        const [first, second] = kserve.podsOf('cats');
        assert.equal(first?.metadata.name, old?.metadata.name);
        assert.ok(second);
        setTimeout(() => kserve.become(second, 'ready'));
      },
    });
    assert.equal((await deployed).model.version, '2.0');
    assert.ok(hasPulled);
    const [earlier] = readEarlierVersions(live() as InferenceService);
    assert.deepEqual([earlier?.version, earlier?.storageUri], ['1.0', 'pvc://models/cats/1.0']);
  });

  it('starts no new pods for what is there already', async () => {
    await target.deploy(order());
    const before = live()?.metadata.resourceVersion;
    await target.deploy(order());
    assert.equal(live()?.metadata.resourceVersion, before);
  });

  it('has Kubernetes wait for TorchServe where a Deployment runs it, and nowhere else', async () => {
    const probe = (): unknown => live()?.spec.predictor.model?.['startupProbe'];
    const settings = (mode: string): ConfigMap => ({
      metadata: inferenceServiceConfigMap,
      data: { deploy: JSON.stringify({ defaultDeploymentMode: mode }) },
    });
    await target.deploy(order());
    assert.equal(probe(), undefined, 'settings that may not be read');
    cluster.put(configMaps, settings('Knative'), 'installer');
    await target.deploy(order('2.0'));
    assert.equal(probe(), undefined, 'Knative');
    await target.remove('kserve:minikube/ml/cats');
    cluster.put(configMaps, settings('RawDeployment'), 'installer');
    const { objects } = await target.plan(order());
    assert.match(objects?.[0]?.yaml ?? '', /startupProbe:\n +httpGet:\n +path: \/ping\n +port: 8085/);
    await target.deploy(order());
    assert.deepEqual((probe() as { httpGet: unknown }).httpGet, { path: '/ping', port: 8085 });
    const version = live()?.metadata.resourceVersion;
    await target.deploy(order());
    assert.equal(live()?.metadata.resourceVersion, version);
    await target.remove('kserve:minikube/ml/cats');
    const spec = { ...torchServe.spec, containers: [{ name: 'kserve-container', image: 'registry/serve:1' }] };
    cluster.put(clusterServingRuntimes, { metadata: { name: 'mine' }, spec }, 'installer');
    await target.deploy(order('1.0', { cluster: { runtime: 'mine' } }));
    assert.equal(probe(), undefined, 'a server that is not known');
    await target.deploy(order('1.0', { cluster: { runtime: 'kserve-torchserve' } }));
    assert.notEqual(probe(), undefined);
  });

  it('refuses a runtime that is not there, or whose server does not mount the package', async () => {
    const named = (runtime: string): Promise<unknown> => target.plan(order('1.0', { cluster: { runtime } }));
    await assert.rejects(named('nobody'), /There is no ServingRuntime or ClusterServingRuntime with the name nobody/);
    const other = { ...torchServe, metadata: { name: 'mine', annotations: { [serverType]: 'tritonserver' } } };
    cluster.put(clusterServingRuntimes, other, 'installer');
    await assert.rejects(named('mine'), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.message, 'mine is Triton, for which a TorchServe archive is not made.');
      assert.equal(error.remedy, 'Choose kserve-torchserve, or let it be chosen.');
      return true;
    });
  });

  it('ends with the cause of a failure, and takes a new service back whole', async () => {
    kserve.podsBecome = 'pulling';
    const point = await target.restorePoint('cats');
    await assert.rejects(target.deploy(order()), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.match(error.message, /image/i);
      assert.ok(error.remedy);
      return true;
    });
    assert.equal(target.deployments()[0], undefined);
    assert.deepEqual(await point.restore(storedModel('1.0')), { remains: [], modelInUse: false });
    assert.equal(live(), undefined);
    assert.equal(kserve.podsOf('cats').length, 0);
  });

  it('gives a changed service the fields back that it had, and others their own', async () => {
    await target.deploy(order('1.0', { cluster: { minReplicas: 2 } }));
    const first = live() as InferenceService;
    cluster.set(inferenceServices, 'cats', { metadata: { ...first.metadata, labels: { team: 'vision' } } });
    kserve.podsBecome = 'pulling';
    const point = await target.restorePoint('cats');
    await assert.rejects(target.deploy(order('2.0', { cluster: { minReplicas: 3, maxReplicas: 4 } })));
    assert.equal(uri(), 'pvc://models/cats/2.0');
    assert.deepEqual(await point.restore(storedModel('2.0')), { remains: [], modelInUse: false });
    const last = live() as InferenceService;
    assert.deepEqual(last.spec, first.spec);
    assert.deepEqual(last.metadata.annotations, first.metadata.annotations);
    assert.deepEqual(last.metadata.labels, { team: 'vision' });
  });

  it('does not undo what somebody else has deployed meanwhile, and tells whose turn it was', async () => {
    kserve.podsBecome = 'pending';
    const point = await target.restorePoint('cats');
    const other = new KServeNamespace({
      connection: cluster.connection,
      namespace: 'ml',
      extensionVersion: '1',
      log: () => undefined,
    });
    let isOvertaken = false;
    const deployed = target.deploy(order('1.0'), {
      onProgress: ({ step }) => {
        if (step !== 'wait-scheduled' || isOvertaken) return;
        isOvertaken = true;
        kserve.podsBecome = 'ready';
        void other.deploy(order('2.0'));
      },
    });
    await assert.rejects(deployed, { category: 'conflict', message: /Somebody else deployed cats/ });
    const { remains, modelInUse } = await point.restore(storedModel('1.0'));
    assert.match(remains.join(), /left as it is/);
    assert.equal(modelInUse, true, 'it can be rolled back to');
    assert.equal(uri(), 'pvc://models/cats/2.0');
    assert.equal((await point.restore(storedModel('2.0'))).modelInUse, true);
    other.dispose();
  });

  it('refuses a name that KServe could make nothing of, in the plan', async () => {
    const name = `c${'a'.repeat(40)}ts`;
    const namespace = 'n'.repeat(30);
    const place = { connection: cluster.connection, namespace, extensionVersion: '1', log: () => undefined };
    cluster.put(namespaces, { metadata: { name: namespace } }, 'installer');
    const there = new KServeNamespace(place);
    const [object] = (await there.plan(order('1.0', { name }))).objects ?? [];
    assert.ok(object && !object.dryRun.ok);
    assert.match(object.dryRun.reason, /too long for the namespace/);
    there.dispose();
  });

  it('refuses to deploy onto another state than the one that was planned', async () => {
    const plan = await target.plan(order('1.0'));
    await target.deploy(order('2.0'));
    await assert.rejects(target.deploy(order('1.0', { cluster: { planRevision: plan.planRevision } })), {
      category: 'conflict',
      message: /was made by somebody else/,
    });
    const { planRevision } = await target.plan(order('3.0'));
    await target.deploy(order('1.0'));
    await assert.rejects(target.deploy(order('3.0', { cluster: { planRevision } })), {
      message: /was changed by somebody/,
    });
    assert.equal(uri(), 'pvc://models/cats/1.0');
  });

  it('names who owns a field, and takes it only by force', async () => {
    const service = {
      metadata: { name: 'cats', namespace: 'ml' },
      spec: { predictor: { model: { modelFormat: { name: 'pytorch' }, storageUri: 'pvc://old/place' } } },
    };
    cluster.put(inferenceServices, service, 'gitops');
    await assert.rejects(target.deploy(order()), { category: 'conflict', message: /gitops.*storageUri/ });
    assert.equal(uri(), 'pvc://old/place');
    const point = await target.restorePoint('cats');
    await target.deploy(order('1.0', { cluster: { force: true } }));
    await point.restore(storedModel('1.0'));
    assert.deepEqual(live()?.spec, service.spec);
    assert.deepEqual(live()?.metadata.annotations ?? {}, {});
  });

  for (const at of ['get', 'dry-run', 'create', 'list']) {
    it(`leaves nothing when it is cancelled at ${at}`, async () => {
      const abort = new AbortController();
      cluster.fault = (doing) => doing.startsWith(`${at} `) && abort.abort();
      kserve.podsBecome = 'creating';
      const point = await target.restorePoint('cats');
      await assert.rejects(target.deploy(order(), { signal: abort.signal }), { category: 'cancelled' });
      await point.restore(storedModel('1.0'));
      assert.equal(live(), undefined);
      assert.equal(kserve.podsOf('cats').length, 0);
      assert.equal(cluster.openWatches, 0);
    });
  }

  it('goes on when an answer is lost, and does not take its own apply for somebody else’s', async () => {
    let isLost = false;
    cluster.afterwards = (doing) => {
      if (!doing.startsWith('create ') || isLost) return;
      isLost = true;
      throw new ModelDeckError('unreachable', 'The connection was cut.');
    };
    const { planRevision } = await target.plan(order());
    assert.equal((await target.deploy(order('1.0', { cluster: { planRevision } }))).state, 'ready');
    assert.ok(isLost);
  });

  it('tries again when the controller was quicker', async () => {
    let races = 2;
    cluster.fault = (doing) => {
      if (doing.startsWith('patch ') && races-- > 0) throw status(409, 'the object has been modified', {});
    };
    assert.equal((await target.deploy(order())).state, 'ready');
  });

  it('waits for what may still come: a warning is no failure', async () => {
    kserve.podsBecome = 'pending';
    const deployed = target.deploy(order());
    const event = {
      metadata: { name: 'cats.1', namespace: 'ml' },
      reason: 'FailedScheduling',
      message: '0/1 nodes are available: 1 Insufficient memory.',
      involvedObject: { kind: 'Pod', name: 'cats-predictor-1' },
      lastTimestamp: new Date(Date.now() + 5000).toISOString(),
    };
    await waitUntil('there is a pod', () => kserve.podsOf('cats').length > 0);
    cluster.put(events, event, 'scheduler');
    const [pod] = kserve.podsOf('cats');
    assert.ok(pod);
    kserve.become(pod, 'ready');
    assert.equal((await deployed).state, 'ready');
  });

  it('ends when somebody deletes it', async () => {
    kserve.podsBecome = 'pending';
    const deployed = target.deploy(order(), {
      onProgress: ({ step }) => step === 'wait-scheduled' && cluster.drop(inferenceServices, 'cats'),
    });
    await assert.rejects(deployed, { category: 'not-found', message: /deleted by somebody else/ });
  });

  it('rolls back: the earlier version serves, the other one is listed', async () => {
    await target.deploy(order('1.0'));
    await target.deploy(order('2.0'));
    const id = 'kserve:minikube/ml/cats';
    const [earlier] = await target.versions.earlier(id);
    assert.ok(earlier);
    const deployment = await target.versions.rollBack(id, earlier);
    assert.deepEqual([deployment.state, deployment.model.version], ['ready', '1.0']);
    assert.deepEqual(
      (await target.versions.earlier(id)).map(({ version }) => version),
      ['2.0'],
    );
  });

  it('a roll back that fails leaves the present version', async () => {
    await target.deploy(order('1.0'));
    await target.deploy(order('2.0'));
    const id = 'kserve:minikube/ml/cats';
    const [earlier] = await target.versions.earlier(id);
    assert.ok(earlier);
    kserve.podsBecome = 'pulling';
    await assert.rejects(target.versions.rollBack(id, earlier), /image/i);
    assert.equal(uri(), 'pvc://models/cats/2.0');
    assert.deepEqual(
      (await target.versions.earlier(id)).map(({ version }) => version),
      ['1.0'],
    );
  });

  it('stops, starts, scales, removes', async () => {
    const { id } = await target.deploy(order());
    await target.lifecycle.stop(id);
    assert.equal(target.deployments()[0]?.state, 'stopped');
    assert.equal(live()?.metadata.annotations?.['serving.kserve.io/stop'], 'true');
    assert.equal((await target.lifecycle.start(id)).state, 'ready');
    await target.scale(id, 2, 5);
    assert.deepEqual([live()?.spec.predictor.minReplicas, live()?.spec.predictor.maxReplicas], [2, 5]);
    assert.equal(uri(), 'pvc://models/cats/1.0');
    await target.deploy(order('2.0'));
    assert.equal(live()?.spec.predictor.minReplicas, 2, 'replicas stay as they were scaled');
    await target.remove(id);
    assert.deepEqual([live(), target.deployments()], [undefined, []]);
  });

  it('says which finalizer keeps a deletion', async () => {
    const { id } = await target.deploy(order());
    const service = live() as InferenceService;
    const finalizers = ['inferenceservice.finalizers'];
    cluster.put(inferenceServices, { ...service, metadata: { ...service.metadata, finalizers } });
    const notes = await target.deletionNotes(id);
    assert.match(notes.join('\n'), /1 pod go.*\n.*pvc:\/\/models\/cats\/1\.0/);
    cluster.keepsDeleted = true;
    await assert.rejects(target.remove(id), { category: 'timeout', message: /finalizer inferenceservice\.finalizers/ });
  });
});
