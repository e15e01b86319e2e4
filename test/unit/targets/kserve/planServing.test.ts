import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { nodes } from '../../../../src/kserve/resources/core.ts';
import { inferenceServices, type PredictorModel } from '../../../../src/kserve/resources/inferenceService.ts';
import { clusterServingRuntimes, servingRuntimes } from '../../../../src/kserve/resources/servingRuntime.ts';
import type { Serves } from '../../../../src/packaging/modelPackage.ts';
import type { KServeNamespace } from '../../../../src/targets/kserve/kserveTarget.ts';
import { patienceMs } from '../../../../src/targets/kserve/serve/loadingPatience.ts';
import { waitingTimes } from '../../../../src/targets/kserve/serve/waitUntilServing.ts';
import type { ClusterDeployOptions, DeployRequest } from '../../../../src/targets/target.ts';
import { runtimes } from '../../kserve/runtimes.ts';
import type { FakeCluster } from './fakeCluster.ts';
import { fakeNamespace, fakeServer, shortWaits, storedModel, useTimes, type FakeKServe } from './fakeKServe.ts';

/** A graph that Triton 23.05, the image of KServe, loads; and one that it does not. */
const oldGraph = { irVersion: 8, opset: 17 };
const newGraph = { irVersion: 10, opset: 21 };
const triton: Serves = { modelFormat: 'triton', protocols: ['v2'], server: 'tritonserver', onnx: oldGraph };

describe('the runtime in the plan', () => {
  let cluster: FakeCluster;
  let kserve: FakeKServe;
  let target: KServeNamespace;
  let server: Awaited<ReturnType<typeof fakeServer>>;
  const order = (serves: Serves, options: ClusterDeployOptions = {}): DeployRequest => ({
    name: 'cats',
    model: { ...storedModel('1.0'), kind: 'triton', serves },
    protocol: 'v2',
    cluster: options,
  });
  const planned = async (request: DeployRequest): Promise<string> =>
    (await target.plan(request)).objects?.map(({ yaml }) => yaml).join('---\n') ?? '';
  const model = (): PredictorModel | undefined => cluster.peek(inferenceServices, 'cats')?.spec.predictor.model;
  const install = (...names: readonly string[]): void => {
    cluster.drop(clusterServingRuntimes, 'kserve-torchserve');
    const wanted = runtimes.filter(({ metadata }) => names.length === 0 || names.includes(metadata.name));
    for (const runtime of wanted) cluster.put(clusterServingRuntimes, runtime, 'installer');
  };

  useTimes(waitingTimes, shortWaits);
  useTimes(patienceMs, { usual: 30, scheduling: 60, mounting: 60 });
  before(async () => {
    server = await fakeServer(() => ({ body: { ready: true } }));
  });
  after(() => server.close());
  beforeEach(() => {
    ({ cluster, kserve, target } = fakeNamespace(server.url));
  });
  afterEach(() => target.dispose());

  it('is left to KServe where what it takes can load the package, with how soon it answers', async () => {
    install();
    const plan = await target.plan(order(triton));
    assert.equal(plan.runtime, 'kserve-tritonserver');
    assert.match(plan.reason, /Triton: answers about 2 s after its container has started/);
    assert.doesNotMatch(plan.objects?.[0]?.yaml ?? '', /runtime: /);
    assert.match(
      plan.alternatives?.join('\n') ?? '',
      /kserve-torchserve is TorchServe, for which a Triton model repository is not made/,
    );
  });

  it('is named where KServe would take one whose image cannot load the package', async () => {
    install();
    const own = {
      metadata: { name: 'team-triton', namespace: 'ml' },
      spec: tritonSpec('nvcr.io/nvidia/tritonserver:25.08-py3', 0),
    };
    cluster.put(
      servingRuntimes,
      { ...own, spec: { ...own.spec, supportedModelFormats: [{ name: 'triton' }] } },
      'team',
    );
    const plan = await target.plan(order({ ...triton, onnx: newGraph }));
    assert.equal(plan.runtime, 'team-triton');
    assert.match(
      plan.reason,
      /KServe by itself would take kserve-tritonserver, which cannot load it\..*ONNX Runtime 1\.15\.0, which loads up to opset 19/,
    );
    assert.match(plan.objects?.[0]?.yaml ?? '', /runtime: team-triton/);
    await target.deploy(order({ ...triton, onnx: newGraph }));
    assert.equal(model()?.runtime, 'team-triton');
  });

  it('is refused with the reason and what would help, where no image can load the package', async () => {
    install();
    await assert.rejects(target.plan(order({ ...triton, onnx: newGraph })), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.match(
        error.message,
        /kserve-tritonserver \(Triton\): the graph has IR version 10 and opset 21; nvcr\.io\S* has ONNX Runtime 1\.15\.0/,
      );
      assert.match(
        error.remedy ?? '',
        /Let a ServingRuntime be made in the namespace, if the cluster can pull nvcr\.io\/nvidia\/tritonserver:25\.08-py3/,
      );
      return true;
    });
  });

  it('is made where the user wants it: shown, checked by a dry run, named, and kept when it serves', async () => {
    install('kserve-mlserver');
    const request = order(triton, {
      newRuntime: { server: 'tritonserver', image: 'registry.corp/tritonserver:25.08-py3' },
    });
    const yaml = await planned(request);
    assert.match(
      yaml,
      /kind: ServingRuntime[\s\S]*image: registry\.corp\/tritonserver:25\.08-py3[\s\S]*kind: InferenceService[\s\S]*runtime: model-deck-tritonserver/,
    );
    const { warnings, objects } = await target.plan(request);
    assert.match(warnings.join('\n'), /the nodes have to be able to pull registry\.corp\/tritonserver:25\.08-py3/);
    assert.deepEqual(
      objects?.map(({ kind, action, dryRun }) => [kind, action, dryRun.ok]),
      [
        ['ServingRuntime', 'create', true],
        ['InferenceService', 'create', true],
      ],
    );
    assert.equal(cluster.all(servingRuntimes).length, 0, 'planning makes nothing');
    await target.restorePoint('cats');
    await target.deploy(request);
    assert.equal(cluster.all(servingRuntimes)[0]?.metadata.name, 'model-deck-tritonserver');
    assert.equal(model()?.runtime, 'model-deck-tritonserver');
    const again = await target.plan(request);
    assert.deepEqual(
      again.objects?.map(({ kind }) => kind),
      ['InferenceService'],
      'it is there now',
    );
  });

  it('is taken away again when the deploy that made it is undone', async () => {
    install('kserve-mlserver');
    kserve.podsBecome = 'pulling';
    const point = await target.restorePoint('cats');
    await assert.rejects(target.deploy(order(triton, { newRuntime: { server: 'tritonserver' } })), /image/i);
    assert.equal(cluster.all(servingRuntimes).length, 1);
    assert.deepEqual((await point.restore(storedModel('1.0'))).remains, []);
    assert.equal(cluster.all(servingRuntimes).length, 0);
  });

  it('stays when another service has come to need it', async () => {
    install('kserve-mlserver');
    kserve.podsBecome = 'pulling';
    const point = await target.restorePoint('cats');
    await assert.rejects(target.deploy(order(triton, { newRuntime: { server: 'tritonserver' } })), /image/i);
    const runtime = 'model-deck-tritonserver';
    const predictor = { model: { modelFormat: { name: 'triton' }, runtime } };
    cluster.put(inferenceServices, { metadata: { name: 'dogs', namespace: 'ml' }, spec: { predictor } }, 'team');
    assert.deepEqual((await point.restore(storedModel('1.0'))).remains, [
      'The ServingRuntime model-deck-tritonserver stays: dogs is served by it.',
    ]);
    assert.equal(cluster.all(servingRuntimes).length, 1);
  });

  it('gets the arguments of the package, and the name that its server gives the model', async () => {
    install();
    cluster.put(
      clusterServingRuntimes,
      { metadata: { name: 'ov', annotations: { 'serving.kserve.io/server-type': 'ovms' } }, spec: openVinoSpec },
      'team',
    );
    const openVino: Serves = {
      modelFormat: 'openvino',
      protocols: ['v2'],
      server: 'ovms',
      isNamedByService: true,
      args: ['--shape=(1,3,224,224)'],
    };
    const request = order(openVino);
    const yaml = await planned({ ...request, name: 'kittens', model: { ...request.model, kind: 'openvino' } });
    assert.match(yaml, /args:\n +- '--shape=\(1,3,224,224\)'/);
    assert.match(yaml, /model-name: kittens/);
  });

  it('warns of a GPU that no node has, and of a server that cannot use one', async () => {
    install();
    const resources = { cpu: '1', 'nvidia.com/gpu': '1' };
    const status = { nodeInfo: { architecture: 'amd64' }, allocatable: { cpu: '4' } };
    cluster.put(nodes, { metadata: { name: 'one' }, status }, 'kubelet');
    const plan = await target.plan(order(triton, { resources }));
    assert.match(plan.warnings.join('\n'), /No node that takes pods has nvidia\.com\/gpu/);
    const mlServer: Serves = { modelFormat: 'mlflow', protocols: ['v2'], server: 'mlserver' };
    const request = order(mlServer, { resources });
    await assert.rejects(
      target.plan({ ...request, model: { ...request.model, kind: 'mlserver' } }),
      /computes on the processor only, and a GPU is asked for/,
    );
  });
});

function tritonSpec(
  image: string,
  priority: number,
): {
  readonly supportedModelFormats: object[];
  readonly protocolVersions: string[];
  readonly containers: { name: string; image: string }[];
} {
  return {
    supportedModelFormats: [{ name: 'triton', version: '2', autoSelect: true, priority }],
    protocolVersions: ['v2'],
    containers: [{ name: 'kserve-container', image }],
  };
}

const openVinoSpec = {
  supportedModelFormats: [{ name: 'openvino', version: '10', autoSelect: true }],
  protocolVersions: ['v1', 'v2'],
  containers: [{ name: 'kserve-container', image: 'openvino/model_server:2025.2' }],
};
