import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startProcessGroup } from '../../scripts/vscode/processGroup.ts';
import { catLabels, catPhoto } from './harness/catModel.ts';
import { inferenceService } from './harness/inferenceService.ts';
import { portForward } from './harness/portForward.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { storeCats } from './harness/storedCats.ts';
import { waitUntil } from '../waitUntil.ts';

const cluster = sharedCluster();
const namespace = 'control-plane';
const service = 'cats';
const predictor = `serving.kserve.io/inferenceservice=${service},component=predictor`;

/** The seed of everything: real weights on a claim, KServe's own controller, a real TorchServe behind port-forward. */
describe('the cluster of the tests', { skip: cluster.cannot('claimFolder') }, () => {
  const apply = (manifest: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  let store: string;

  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    store = folder;
    await storeCats(path.join(store, 'cats'));
  });
  after(() => cluster.deleteNamespace(namespace));

  it('makes an InferenceService of real weights ready and answers about a photo', async () => {
    await apply(inferenceService({ namespace, name: service, storageUri: 'pvc://models/cats' }));
    await cluster.kubectl(['wait', '-n', namespace, `isvc/${service}`, '--for=condition=Ready', '--timeout=60s']);
    const runtime = await cluster.kubectl([
      ...['get', '-n', namespace, `isvc/${service}`, '-o', 'jsonpath={.status.clusterServingRuntimeName}'],
    ]);
    assert.equal(runtime, 'kserve-torchserve');
    const forwarding = await portForward(cluster, { namespace, target: `deployment/${service}-predictor`, port: 8080 });
    try {
      const models = await (await fetch(`${forwarding.url}/v1/models`)).json();
      assert.deepEqual(models, { models: [service] });
      const body = JSON.stringify({ instances: [{ data: (await readFile(catPhoto)).toString('base64') }] });
      // Ready is what a TCP probe sees; the weights take longer.
      const prediction = await waitUntil('the model answers', async () => {
        const response = await fetch(`${forwarding.url}/v1/models/${service}:predict`, { method: 'POST', body });
        const answer = (await response.json()) as { readonly predictions?: readonly Record<string, number>[] };
        return answer.predictions?.[0];
      });
      const names = Object.entries(prediction).sort(([, a], [, b]) => b - a);
      assert.deepEqual(
        names.slice(0, 3).map(([name]) => name),
        catLabels,
      );
    } finally {
      await forwarding.stop();
    }
  });

  it('serves the log of TorchServe, and follows it', async () => {
    const options = ['-n', namespace, `deployment/${service}-predictor`, '-c', 'kserve-container'];
    assert.match(await cluster.kubectl(['logs', ...options]), /WORKER_MODEL_LOADED/);
    const args = [`--kubeconfig=${cluster.kubeconfig}`, 'logs', '--follow', '--tail=0', ...options];
    const following = startProcessGroup(cluster.kubectlPath, args);
    const forwarding = await portForward(cluster, { namespace, target: `deployment/${service}-predictor`, port: 8080 });
    try {
      // Until it follows nothing comes: so each try asks something new.
      await waitUntil('the request is in the log', async () => {
        await fetch(`${forwarding.url}/v1/models/nobody`);
        return /models\/nobody/.test(following.output()) || undefined;
      });
    } finally {
      await forwarding.stop();
      await following.stop();
    }
  });

  it('ends TorchServe with its pod', async () => {
    const [pod = ''] = (await podNames()).split(' ');
    const torchServe = await waitUntil('TorchServe runs', () => cluster.torchServeOf(namespace, pod));
    assert.ok(isAlive(torchServe.pid));
    await cluster.kubectl(['delete', '-n', namespace, `isvc/${service}`]);
    await waitUntil('TorchServe has ended', () => Promise.resolve(isAlive(torchServe.pid) ? undefined : true));
  });

  const podNames = (): Promise<string> =>
    cluster.kubectl(['get', 'pods', '-n', namespace, '-l', predictor, '-o', 'jsonpath={.items[*].metadata.name}']);
});

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
