import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import * as inference from '../../src/inference/index.ts';
import type { RoutedResult } from '../../src/panel/classify/answerViews.ts';
import { EndpointConnections } from '../../src/panel/classify/endpointConnections.ts';
import { TargetList } from '../../src/panel/classify/targetList.ts';
import { openClusters, type Clusters } from '../../src/targets/index.ts';
import { startFakeIngress } from './fakeIngress.ts';
import { catLabels, catPhoto } from './harness/catModel.ts';
import { inferenceService } from './harness/inferenceService.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { storeCats } from './harness/storedCats.ts';
import { waitUntil } from '../waitUntil.ts';

const cluster = sharedCluster();
const contextName = 'model-deck-test';
const namespace = 'classify';
const v1 = `kserve:${contextName}/${namespace}/cats`;
const v2 = `kserve:${contextName}/${namespace}/cats-v2`;

/** The panel without its page: targets, ways and questions, against real TorchServes with real weights. */
describe('classifying on a cluster', { skip: cluster.cannot('claimFolder') }, () => {
  let clusters: Clusters;
  let targets: TargetList;
  let connections: EndpointConnections;
  let photo: Buffer;

  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    await storeCats(path.join(folder, 'cats'));
    const storageUri = 'pvc://models/cats';
    await apply(inferenceService({ namespace, name: 'cats', storageUri }));
    await apply(inferenceService({ namespace, name: 'cats-v2', storageUri, protocolVersion: 'v2' }));
    photo = await readFile(catPhoto);
    clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: process.env });
    targets = new TargetList(
      {
        known: () => Promise.resolve(clusters.openTargets()),
        onDidChange: (listener) => clusters.onDidChange(listener),
      },
      () => undefined,
    );
    connections = new EndpointConnections({
      targetOf: (id) => targets.targetOf(id),
      inference: () => Promise.resolve(inference),
      credentials: () => Promise.resolve({}),
      packageOf: () => Promise.resolve(undefined),
      onChange: () => undefined,
      onError: (doing, error) => console.log(`Could not ${doing}: ${String(error)}`),
    });
    await targets.start();
    targets.watch(true);
  });
  after(async () => {
    connections?.dispose();
    targets?.stop();
    clusters?.close();
    await cluster.deleteNamespace(namespace);
  });

  const apply = (manifest: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  const state = (id: string): string | undefined => targets.endpoints().find((endpoint) => endpoint.id === id)?.state;
  const isReady = (id: string): Promise<true | undefined> => Promise.resolve(state(id) === 'ready' || undefined);

  function ask(id: string, image: Uint8Array = photo): Promise<RoutedResult> {
    const question = { image, k: 3, onWarmUp: () => undefined };
    return connections.predict(id, question, AbortSignal.timeout(120_000));
  }

  function assertCat({ predictions }: RoutedResult): void {
    assert.deepEqual(
      predictions.map(({ label }) => label),
      catLabels,
    );
  }

  it('knows nothing of a cluster that nobody opened, and follows one that was', async () => {
    assert.deepEqual(targets.endpoints(), []);
    await clusters.target(contextName, namespace);
    await waitUntil('both services are ready', async () => (await isReady(v1)) && (await isReady(v2)));
    assert.deepEqual(
      targets.endpoints().map(({ id, isRemote }) => [id, isRemote]),
      [
        [v1, true],
        [v2, true],
      ],
    );
  });

  it('asks V1 by port forward, with a photo as it is', async () => {
    const result = await ask(v1);
    assertCat(result);
    assert.match(result.route ?? '', /^Port forward to cats-predictor-/);
    assert.match(result.request.url, /^http:\/\/127\.0\.0\.1:\d+\/v1\/models\/cats:predict$/);
  });

  it('asks V2', async () => {
    const result = await ask(v2);
    assertCat(result);
    assert.match(result.request.url, /\/v2\/models\/cats\/infer$/);
  });

  it("asks both through the API server's proxy", async () => {
    for (const id of [v1, v2]) {
      connections.chooseRoute(id, 'api-proxy');
      const result = await ask(id).finally(() => connections.chooseRoute(id, 'port-forward'));
      assertCat(result);
      assert.match(result.route ?? '', /proxy/);
    }
  });

  it('says why the other ways cannot be taken', () => {
    const ingress = connections.view(v1).routes.find(({ kind }) => kind === 'ingress');
    assert.notEqual(ingress?.unavailable ?? '', '');
  });

  it('asks through the ingress, by its load balancer and by a node port, with the host name of the service', async () => {
    const host = `cats-${namespace}.example.com`;
    const mine = ['-l', 'serving.kserve.io/inferenceservice=cats'];
    const pod = (await cluster.kubectl(['get', 'pods', '-n', namespace, ...mine, '-o', 'name'])).trim();
    const served = await cluster.torchServeOf(namespace, pod.replace('pod/', ''));
    assert.ok(served);
    const ingress = await startFakeIngress(cluster, host, served.wrapperUrl);
    try {
      await connections.look(v1);
      for (const [kind, label] of [
        ['ingress', `Ingress 127.0.0.1:${ingress.port} (Host ${host})`],
        ['node-port', `Node port of the ingress 127.0.0.1:${ingress.port} (Host ${host})`],
      ] as const) {
        connections.chooseRoute(v1, kind);
        const result = await ask(v1);
        assertCat(result);
        assert.equal(result.route, label);
        assert.equal(ingress.seen.at(-1), `${host} /v1/models/cats:predict`);
      }
    } finally {
      connections.chooseRoute(v1, 'port-forward');
      await ingress.stop();
    }
  });

  it("sends a photo of 12 megapixels within TorchServe's limit", async () => {
    const large = await sharp(photo).resize(4000, 3000, { fit: 'fill' }).png().toBuffer();
    assert.ok(large.length > 6_553_500, `${large.length} bytes`);
    for (const id of [v1, v2]) {
      const { predictions, request } = await ask(id, large);
      assert.ok(
        catLabels.some((label) => label === predictions[0]?.label),
        predictions[0]?.label,
      );
      const characters = Number(/(\d+) characters of base64/.exec(request.body)?.[1]);
      assert.ok(characters > 100_000 && characters < 6_553_500, `${characters} characters`);
    }
  });

  it('asks the next pod when the one that it asked is gone', async () => {
    const pods = ['-n', namespace, '-l', 'serving.kserve.io/inferenceservice=cats'];
    const { request: before } = await ask(v1);
    const names = async (): Promise<string> => cluster.kubectl(['get', 'pods', ...pods, '-o', 'name']);
    const old = await names();
    await cluster.kubectl(['delete', 'pods', ...pods, '--wait=true']);
    await cluster.kubectl(['wait', 'pods', ...pods, '--for=condition=Ready', '--timeout=120s']);
    const result = await ask(v1);
    assertCat(result);
    assert.equal(result.request.url, before.url, 'the way is still the same one');
    assert.notEqual(await names(), old);
  });

  it('closes the way on demand, and opens it for the next question', async () => {
    const { request } = await ask(v1);
    const { origin } = new URL(request.url);
    connections.disconnect(v1);
    await waitUntil('nothing listens there', () =>
      fetch(`${origin}/v1/models`).then(
        () => undefined,
        () => true as const,
      ),
    );
    assertCat(await ask(v1));
  });

  it('has the error of a service that is gone', async () => {
    await cluster.kubectl(['delete', '-n', namespace, 'isvc/cats-v2']);
    await waitUntil('it is not listed', () => Promise.resolve(state(v2) === undefined || undefined));
    await assert.rejects(ask(v2), { category: 'not-found' });
  });
});
