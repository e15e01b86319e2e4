import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { discoverModels, EndpointClient } from '../../src/inference/index.ts';
import type { Endpoint, ImageResult } from '../../src/inference/index.ts';
import { readSpec } from '../../src/packaging/index.ts';
import { catLabels, catPhoto } from './harness/catModel.ts';
import { startV2Server, type V2Server } from './v2Server/startV2Server.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'media', 'samples', 'efficientnet-lite0');

describe('a V2 server that takes tensors', () => {
  let server: V2Server;
  let endpoint: Endpoint;

  before(async () => {
    server = await startV2Server(path.join(sample, 'efficientnet-lite0.onnx'), console.log);
    const names = JSON.parse(await readFile(path.join(sample, 'index_to_name.json'), 'utf8')) as Record<string, string>;
    endpoint = {
      id: 'kserve:test/ml/floats',
      label: 'floats',
      targetLabel: 'ml',
      baseUrl: server.url,
      modelName: 'floats',
      protocol: 'v2',
      maxRequestBytes: 6_553_500,
      imageEncoding: 'rgb-jpeg',
      labels: Object.values(names).map(String),
    };
  });
  after(() => server?.stop());

  async function classify(change: Partial<Endpoint>): Promise<ImageResult> {
    const client = new EndpointClient({ ...endpoint, ...change }, { isRemote: true });
    try {
      return await client.predict({ image: await readFile(catPhoto), k: 3 });
    } finally {
      client.close();
    }
  }

  it('gets what the package says, and its logits become probabilities with labels', async () => {
    const { preprocessing } = await readSpec(path.join(sample, 'model-deck.yaml'));
    assert.ok(preprocessing);
    const { predictions, classCount, notes, request } = await classify({ preprocessing });
    assert.deepEqual(
      predictions.map(({ label }) => label),
      catLabels,
    );
    // What the same graph and photo give in onnxruntime with torchvision's steps.
    assert.ok(Math.abs((predictions[0]?.value ?? 0) - 0.338) < 0.02, String(predictions[0]?.value));
    assert.deepEqual([classCount, notes], [1000, []]);
    assert.match(request.body, /"shape":\[1,3,224,224\],"datatype":"FP32"/);
  });

  it("gets ImageNet's preprocessing where nobody says more", async () => {
    const { predictions, notes } = await classify({});
    assert.equal(predictions[0]?.label, catLabels[0]);
    assert.match(notes[0] ?? '', /as for ImageNet/);
  });

  it('gets pixels where it takes bytes', async () => {
    const { predictions, request } = await classify({ modelName: 'pixels' });
    assert.equal(predictions[0]?.label, catLabels[0]);
    assert.match(request.body, /"shape":\[1,224,224,3\],"datatype":"UINT8"/);
  });

  it('is asked by the name that is chosen, when the target knew none', async () => {
    assert.deepEqual(await discoverModels({ ...endpoint, modelName: '' }), ['floats', 'pixels']);
    const client = new EndpointClient({ ...endpoint, modelName: 'the-service' }, { isRemote: true });
    const question = { image: await readFile(catPhoto), k: 1 };
    await assert.rejects(client.predict(question), { category: 'not-found', message: /2 models: floats, pixels/ });
    client.chooseModel('pixels');
    assert.equal((await client.predict(question)).predictions[0]?.label, catLabels[0]);
    client.close();
  });
});
