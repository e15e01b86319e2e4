import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clusterChoices } from '../../../src/commands/deploy/clusterChoices.ts';
import { deployAnswers, deployQuestions, type DeployQuestion } from '../../../src/commands/deploy/deployQuestions.ts';
import type { DeployGiven } from '../../../src/commands/deploy/deployArguments.ts';
import { fittingPackage } from '../../../src/commands/deploy/fittingPackage.ts';
import type { Answers } from '../../../src/commands/core/questions.ts';
import { deployModel, planDeploy, type DeployOrder } from '../../../src/deploy/index.ts';
import { EndpointClient } from '../../../src/inference/index.ts';
import * as kserve from '../../../src/kserve/index.ts';
import { packageKinds, readSpec } from '../../../src/packaging/index.ts';
import { Stores } from '../../../src/stores/stores.ts';
import type { WritableStore } from '../../../src/stores/modelStore.ts';
import { openClusters, type Clusters, type KServeTarget } from '../../../src/targets/index.ts';
import { waysOfFolder } from '../../../src/targets/kserve/plan/packagingWays.ts';
import { Targets } from '../../../src/targets/targets.ts';
import { sampleFolder } from '../../unit/local/sampleArchive.ts';
import { claimFolderStore } from '../claimFolderStore.ts';
import { catLabels, catPhoto } from '../harness/catModel.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = `choice-${randomBytes(3).toString('hex')}`;

/** The ONNX sample of the README, in a cluster as KServe installs it: every question gets the answer that it begins with. */
describe('the sample on an untouched KServe', { skip: cluster.cannot('claimFolder') }, () => {
  let work: string;
  let store: WritableStore;
  let clusters: Clusters;
  let target: KServeTarget;
  /** Runtimes that were taken away, to be put back. */
  const taken: string[] = [];

  const takeAway = async (name: string): Promise<void> => {
    const json = await cluster.kubectl(['get', 'clusterservingruntime', name, '-o', 'json']);
    const { metadata, ...rest } = JSON.parse(json) as { readonly metadata: Readonly<Record<string, unknown>> };
    const { labels, annotations } = metadata;
    taken.push(JSON.stringify({ ...rest, metadata: { name, labels, annotations } }));
    await cluster.kubectl(['delete', 'clusterservingruntime', name]);
  };
  const left = (what: string): Promise<string> => cluster.kubectl(['get', '-n', namespace, what, '-o', 'name']);

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'model-deck-choice-'));
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    store = claimFolderStore(context, namespace, 'models', folder);
    clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: {} });
    target = await clusters.target(context, namespace);
  });
  after(async () => {
    for (const runtime of taken) await cluster.kubectl(['apply', '-f', '-'], { input: runtime });
    clusters.close();
    await cluster.deleteNamespace(namespace);
    await rm(work, { recursive: true });
  });

  /** What "Deploy Model…" makes of the sample when each question gets the answer that it begins with. */
  async function orderByDefault(name: string): Promise<DeployOrder> {
    const spec = { ...(await readSpec(path.join(sampleFolder, 'model-deck.yaml'))), name: 'sample' };
    const unpackaged = { folder: sampleFolder, spec };
    const ways = waysOfFolder({ ...unpackaged, check: (kind, task) => kind.check(unpackaged, task) }, packageKinds.all);
    const services = {
      clusters: () => Promise.resolve(clusters),
      kserve: () => Promise.resolve(kserve),
      namespaces: { of: () => [], add: () => Promise.resolve(), forget: () => Promise.resolve() },
      stores: new Stores(),
      targets: new Targets([]),
    };
    const choices = await clusterChoices(services, [], () => ways);
    const given: DeployGiven = { context, namespace, name };
    const asking = { modelName: spec.name, given, remembered: {}, choices };
    const answers: Answers<DeployQuestion> = {};
    for (const question of deployQuestions(asking)) {
      const step =
        'ask' in question
          ? question.ask(answers)
          : question.applies(answers)
            ? await question.load(answers, new AbortController().signal)
            : undefined;
      if (step) answers[question.key] = step.value ?? '';
    }
    const decided = deployAnswers(answers, asking);
    assert.ok(decided.kind === 'cluster');
    const { kind, protocol } = await fittingPackage(decided, choices, given);
    const outputFolder = path.join(work, name);
    const modelPackage = await packageKinds.of(kind).write({ ...unpackaged, outputFolder, force: true });
    const { runtime, newRuntime } = decided;
    const options = { ...(runtime !== undefined && { runtime }), ...(newRuntime && { newRuntime }) };
    return { modelPackage, store, target, name, protocol, cluster: options };
  }

  async function assertAnswers(order: DeployOrder): Promise<void> {
    const { state } = await deployModel(order);
    assert.equal(state, 'ready');
    const id = `kserve:${context}/${namespace}/${order.name}`;
    const contract = order.modelPackage?.contract;
    const endpoint = { ...(await target.endpoint(id)), ...(contract && { contract }) };
    const client = new EndpointClient(endpoint, { isRemote: true });
    try {
      const { predictions } = await client.predict({ image: await readFile(catPhoto), k: 3, timeoutMs: 60_000 });
      assert.deepEqual(predictions.map(({ label }) => label).sort(), [...catLabels].sort());
    } finally {
      client.close();
    }
    await target.remove(id);
  }

  it('gets Triton where all of KServe’s runtimes are, and not an archive that its TorchServe cannot load', async () => {
    const order = await orderByDefault('all');
    assert.deepEqual([order.modelPackage?.kind, order.protocol], ['triton', 'v2']);
    const { runtime, reason, alternatives = [], warnings } = await planDeploy(order);
    assert.equal(runtime, 'kserve-tritonserver');
    assert.match(reason, /Triton: answers about 2 s after its container has started/);
    assert.match(alternatives.join('\n'), /kserve-torchserve is TorchServe/);
    assert.doesNotMatch(warnings.join('\n'), /image|runtime/);
    await assertAnswers(order);
  });

  it('the same, the day kserve-torchserve is deleted', async () => {
    await takeAway('kserve-torchserve');
    const order = await orderByDefault('later');
    assert.equal(order.modelPackage?.kind, 'triton');
    await assertAnswers(order);
  });

  it('gets a runtime of its own where none can serve it; it is taken away with a deploy that fails', async () => {
    await takeAway('kserve-tritonserver');
    await takeAway('kserve-mlserver');
    const order = await orderByDefault('own');
    const { newRuntime } = order.cluster ?? {};
    assert.deepEqual(newRuntime, { server: 'tritonserver', image: 'nvcr.io/nvidia/tritonserver:25.08-py3' });
    const { objects = [], warnings } = await planDeploy(order);
    assert.deepEqual(
      objects.map(({ kind, action, dryRun }) => [kind, action, dryRun]),
      [
        ['ServingRuntime', 'create', { ok: true }],
        ['InferenceService', 'create', { ok: true }],
      ],
    );
    assert.match(warnings.join('\n'), /the nodes have to be able to pull nvcr\.io\/nvidia\/tritonserver:25\.08-py3/);
    assert.equal(await left('servingruntimes'), '');
    const image = 'registry.example/does-not-exist/tritonserver:25.08-py3';
    const failing = { ...order, cluster: { ...order.cluster, newRuntime: { server: 'tritonserver', image } } };
    await assert.rejects(deployModel(failing), /image/);
    assert.equal(await left('servingruntimes,isvc'), '');
    await assertAnswers(order);
    assert.match(await left('servingruntimes'), /model-deck-tritonserver/);
  });
});
