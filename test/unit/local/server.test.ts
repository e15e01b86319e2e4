import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer, type RunningServer } from '../../../src/local/startServer.ts';
import { packageSample, sampleFolder, serverSource } from './sampleArchive.ts';

interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Not fetch: that sets Host itself. */
function call(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: options.method ?? 'GET', headers: options.headers ?? {} }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Record<string, unknown> }),
      );
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

describe('the local server', () => {
  let folder: string;
  let archive: string;
  let server: RunningServer;
  let photo: string;
  const launch = (
    file: string,
    modelName = 'cats',
    task: Parameters<typeof startServer>[1] = {},
  ): Promise<RunningServer> =>
    startServer(
      {
        ...serverSource,
        model: { archive: file, modelName, modelVersion: '1.0', engine: { kind: 'onnx' } },
        log: () => undefined,
      },
      task,
    );
  const post = (where: string, body: unknown): Promise<Reply> =>
    call(server.url + where, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-server-'));
    archive = (await packageSample(folder)).path;
    server = await launch(archive);
    photo = (await readFile(path.join(sampleFolder, 'photos', 'chelsea.jpg'))).toString('base64');
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('listens on loopback and knows the labels', () => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(server.labels?.length, 1000);
  });

  it('sees the cat, by V1, as onnxruntime in Python sees it', async () => {
    const { status, json } = await post('/v1/models/cats:predict', { instances: [{ data: photo }] });
    assert.equal(status, 200);
    const [prediction] = json['predictions'] as Record<string, number>[];
    assert.equal(Object.keys(prediction ?? {}).length, 20);
    assert.deepEqual(
      Object.keys(prediction ?? {})
        .slice(0, 3)
        .sort(),
      ['Egyptian cat', 'tabby', 'tiger cat'],
    );
  });

  it('sees the cat by V2, with the outputs that its metadata names, a row for each image', async () => {
    const [promised] = (await call(`${server.url}/v2/models/cats`)).json['outputs'] as Output[];
    const input = { name: 'a', shape: [1], datatype: 'BYTES', data: [photo] };
    for (const inputs of [[input, { ...input, name: 'b' }], [{ ...input, shape: [2], data: [photo, photo] }]]) {
      const { status, json } = await post('/v2/models/cats/infer', { id: '7', inputs });
      assert.equal(status, 200);
      assert.equal(json['id'], '7');
      assert.equal(json['model_version'], '1.0');
      const [logits, ...others] = json['outputs'] as Output[];
      assert.ok(logits);
      assert.deepEqual([logits.name, logits.datatype], [promised?.name, promised?.datatype]);
      assert.deepEqual([logits.shape, others], [[2, 1000], []]);
      assert.deepEqual(logits.data.slice(0, 1000), logits.data.slice(1000));
    }
  });

  it("names the classes in V2 by Triton's classification extension", async () => {
    const inputs = [{ name: 'image', shape: [1], datatype: 'BYTES', data: [photo] }];
    const { json } = await post('/v2/models/cats/infer', {
      inputs,
      outputs: [{ name: 'logits', parameters: { classification: 3 } }],
    });
    const [output] = json['outputs'] as { datatype: string; shape: number[]; data: string[] }[];
    assert.deepEqual([output?.datatype, output?.shape], ['BYTES', [1, 3]]);
    const labels = output?.data.map((text) => text.split(':')[2]) ?? [];
    assert.deepEqual(labels.sort(), ['Egyptian cat', 'tabby', 'tiger cat']);
  });

  it('names what a V2 request has wrong: the version, an output, an input, a picture', async () => {
    const version = await call(`${server.url}/v2/models/cats/versions/2.0`);
    assert.match(String(version.json['error']), /cats and version 2\.0 does not exist: version 1\.0 is loaded/);
    const image = { name: 'image', shape: [1], datatype: 'BYTES', data: [photo] };
    const wrong = async (body: object): Promise<string> => {
      const { status, json } = await post('/v2/models/cats/infer', body);
      assert.equal(status, 400);
      return String(json['error']);
    };
    assert.match(await wrong({ inputs: [image], outputs: [{ name: 'scores' }] }), /no output "scores", but "logits"/);
    const data = [photo, photo.slice(0, 4000)];
    assert.match(await wrong({ inputs: [{ ...image, shape: [2], data }] }), /^inputs\[0\]\.data\[1\]: .*JPEG/);
    const numbers = { name: 'x', shape: [1], datatype: 'FP32', data: [1] };
    assert.match(await wrong({ inputs: [numbers] }), /no input "x"/);
    assert.match(await wrong({ inputs: [{ ...numbers, datatype: 'FP16' }] }), /FP16 data via JSON is not supported/);
  });

  it('takes a tensor that is preprocessed already, and refuses one of another shape', async () => {
    const [input] = (await call(`${server.url}/v2/models/cats`)).json['inputs'] as Output[];
    const inputName = input?.name;
    const tensor = (shape: number[], count: number) => ({
      inputs: [{ name: inputName, shape, datatype: 'FP32', data: new Array<number>(count).fill(0) }],
    });
    assert.equal((await post('/v2/models/cats/infer', tensor([3, 224, 224], 3 * 224 * 224))).status, 200);
    const refused = await post('/v2/models/cats/infer', tensor([3, 8, 8], 192));
    assert.equal(refused.status, 400);
    assert.match(String(refused.json['error']), /\[3, 8, 8\].*\[-1, 3, 224, 224\]/);
  });

  it('answers readiness and metadata', async () => {
    assert.deepEqual((await call(`${server.url}/v1/models`)).json, { models: ['cats'] });
    assert.deepEqual((await call(`${server.url}/v2/models`)).json, { models: ['cats'] });
    assert.deepEqual((await call(`${server.url}/v1/models/cats`)).json, { name: 'cats', ready: true });
    assert.deepEqual((await call(`${server.url}/v2/health/ready`)).json, { ready: true });
    assert.equal((await call(`${server.url}/v2/models/cats/versions/1.0/ready`)).status, 200);
    const { json } = await call(`${server.url}/v2/models/cats`);
    assert.equal(json['platform'], 'onnxruntime');
    const [input] = json['inputs'] as { name: string; datatype: string; shape: number[] }[];
    assert.equal(input?.datatype, 'FP32');
    assert.deepEqual(input?.shape.slice(-3), [3, 224, 224]);
  });

  it("gives KServe's errors", async () => {
    const missing = await post('/v1/models/dogs:predict', { instances: [] });
    assert.deepEqual(missing, { status: 404, json: { error: 'Model with name dogs does not exist.' } });
    assert.equal((await call(`${server.url}/v2/models/cats/versions/2.0`)).status, 404);
    assert.equal((await call(`${server.url}/elsewhere`)).status, 404);
    assert.equal((await call(`${server.url}/v1/models/cats:predict`)).status, 405);
    assert.equal((await post('/v1/models', '')).status, 405);
    assert.equal((await post('/v1/models/cats:predict', '{')).status, 400);
    assert.match(String((await post('/v1/models/cats:predict', {})).json['error']), /instances/);
    const broken = await post('/v1/models/cats:predict', { instances: [{ data: photo.slice(0, 4000) }] });
    assert.equal(broken.status, 400);
    assert.match(String(broken.json['error']), /JPEG/);
  });

  it('refuses a body beyond the limit of TorchServe, and goes on', async () => {
    const { status } = await post('/v1/models/cats:predict', 'x'.repeat(6_553_501)).catch(() => ({ status: 413 }));
    assert.equal(status, 413);
    assert.equal((await call(`${server.url}/v2/health/live`)).status, 200);
  });

  it('refuses another Host and another Origin', async () => {
    const url = `${server.url}/v1/models`;
    assert.equal((await call(url, { headers: { Host: 'evil.example' } })).status, 403);
    assert.equal((await call(url, { headers: { Origin: 'http://evil.example' } })).status, 403);
    assert.equal((await call(url, { headers: { Origin: server.url } })).status, 200);
  });

  it('says why an archive cannot be served', async () => {
    const text = path.join(folder, 'text.mar');
    await writeFile(text, 'no zip');
    await assert.rejects(launch(text), { category: 'invalid-input', message: /text\.mar/ });
    const tall = await packageSample(path.join(folder, 'tall'), {
      preprocessing: { resize: 100, crop: 96, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NHWC' },
    });
    await assert.rejects(launch(tall.path), {
      category: 'invalid-input',
      message: /takes \[-1, 3, 224, 224\], and the contract makes \[96, 96, 3\]/,
    });
  });

  it('ends when it is cancelled while it loads', async () => {
    const abort = new AbortController();
    const launching = launch(archive, 'cats', {
      signal: abort.signal,
      onProgress: ({ step }) => step === 'load-model' && abort.abort(),
    });
    await assert.rejects(launching, { category: 'cancelled' });
  });

  it('stops for good', async () => {
    const second = await launch(archive);
    await second.stop();
    await assert.rejects(call(`${second.url}/v1/models`), { code: 'ECONNREFUSED' });
  });
});
