import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fromPreprocessing } from '../../../src/contract/fromPreprocessing.ts';
import type { ImageInput, ModelContract } from '../../../src/contract/modelContract.ts';
import { decodeImage, EndpointClient, preprocess } from '../../../src/inference/index.ts';
import { readsBinaryTensors } from '../../../src/inference/client/binaryTensors.ts';
import { parseV2Request, parseV2ServerMetadata, v2Answer, v2ModelMetadata } from '../../../src/kserve/index.ts';
import type { V2Numbers } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { startServer, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const preprocessing = { resize: 40, crop: 32, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], layout: 'NCHW' } as const;
let server: TestServer | undefined;
let client: EndpointClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.close();
  client = server = undefined;
});

interface Served {
  /** What `GET /v2` answers. */
  readonly metadata: object;
  readonly datatype?: string;
  readonly shape?: readonly number[];
  /** Whether it answers 422 to bytes, with the body in it. */
  readonly refusesBytes?: boolean;
}

interface Sent {
  readonly isBinary: boolean;
  readonly input: V2Numbers;
}

/** A V2 server of tensors; `sent` are the requests that it answered. */
async function serve({ metadata, datatype = 'FP32', shape = [-1, 3, 32, 32], refusesBytes = false }: Served): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const inputs = [{ name: 'x', datatype, shape }];
  server = await startServer(
    (body, { method, url, headers }, response) => {
      if (url === '/v2') return response.end(JSON.stringify(metadata));
      if (method === 'GET') return response.end(v2ModelMetadata({ name: 'cat', versions: [], platform: '', inputs, outputs: [] }));
      const length = headers['inference-header-content-length'];
      if (length !== undefined && refusesBytes) return response.writeHead(422).end(JSON.stringify({ detail: [{ input: body }] }));
      const request = parseV2Request(Buffer.from(body, 'latin1'), length === undefined ? undefined : Number(length));
      sent.push({ isBinary: length !== undefined, input: request.inputs[0] as V2Numbers });
      const rows = Math.max(1, shape[0] ?? 1);
      const data = Array.from({ length: rows }, () => [1, 3]).flat();
      response.end(JSON.stringify({ outputs: [{ name: 'y', datatype: 'FP32', shape: [rows, 2], data }] }));
    },
    { protocol: 'v2', preprocessing, labels: ['dog', 'cat'] },
    'latin1',
  );
  client = new EndpointClient(server.endpoint, { isRemote: true });
  return sent;
} // prettier-ignore

/** The contract of a model with several outputs. */
function ofOutput(name: string): ModelContract {
  const { input, output, origins } = fromPreprocessing(preprocessing);
  return { input, output: { ...output, name, labels: ['dog', 'cat'] }, origins };
}

const triton = { name: 'triton', version: '2.51.0', extensions: ['binary_tensor_data', 'statistics'] };
const ours = async (change: Partial<ImageInput> = {}): Promise<ReturnType<typeof preprocess>> =>
  preprocess(await decodeImage(image), { ...fromPreprocessing(preprocessing).input, ...change });

describe('a tensor for a server that reads bytes', () => {
  for (const [name, metadata] of [
    ['Triton', triton],
    ["KServe's, which does not announce it", { name: 'kserve', version: '0.21.0', extensions: [] }],
    ['OpenVINO Model Server', { name: 'OpenVINO Model Server', version: '2025.0' }],
    ['one that announces it', { name: 'new', version: '1', extensions: ['binary_tensor_data'] }],
  ] as const) {
    it(`goes as bytes: ${name}`, async () => {
      const sent = await serve({ metadata });
      const result = await client?.predict({ image, k: 1 });
      assert.deepEqual([sent[0]?.isBinary, sent[0]?.input.datatype, sent[0]?.input.data], [true, 'FP32', await ours()]);
      assert.deepEqual(result?.predictions.map(({ label }) => label), ['cat']);
      assert.match(result?.request.body ?? '', /"binary_data_size":12288.*\(12288 bytes of the tensor\)/);
    }); // prettier-ignore
  }

  for (const [datatype, data] of [
    ['FP16', () => ours({ type: 'float16' })],
    ['UINT8', () => ours({ type: 'uint8', range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] })],
    ['INT32', async () => Int32Array.from(await ours({ type: 'uint8', range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] }))],
    ['FP64', async () => Float64Array.from(await ours())],
  ] as const) {
    it(`has the server's own type: ${datatype}`, async () => {
      const sent = await serve({ metadata: triton, datatype });
      if (!/FP/.test(datatype)) client = pixels(client);
      await client?.predict({ image, k: 1 });
      assert.deepEqual([sent[0]?.isBinary, sent[0]?.input.datatype], [true, datatype]);
      assert.deepEqual(sent[0]?.input.data, await data());
    });
  } // prettier-ignore

  it('is repeated where the model takes several pictures at once, and the first answer is shown', async () => {
    const sent = await serve({ metadata: triton, shape: [3, 3, 32, 32] });
    const result = await client?.predict({ image, k: 1 });
    const one = await ours();
    assert.deepEqual([sent[0]?.input.shape, sent[0]?.input.data.length], [[3, 3, 32, 32], one.length * 3]);
    assert.deepEqual(sent[0]?.input.data.slice(-one.length), one);
    assert.deepEqual(result?.notes, ['The model takes 3 pictures at once: this one was sent 3 times, and the first answer is shown.']); // prettier-ignore
    assert.equal(result?.predictions[0]?.label, 'cat');
  });

  it('is asked for once what it is and takes, however many pictures come', async () => {
    await serve({ metadata: triton });
    await Promise.all([client?.predict({ image, k: 1 }), client?.predict({ image, k: 1 })]);
    await client?.predict({ image, k: 1 });
    assert.deepEqual(server?.asked.filter((line) => line.startsWith('GET')), ['GET /v2/models/cat', 'GET /v2']); // prettier-ignore
  });
});

describe('an answer with 16-bit floats', () => {
  it('is asked for as bytes, which servers give alone, and read', async () => {
    const outputs = [
      { name: 'other', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(7) },
      { name: 'y', datatype: 'FP16', shape: [1, 2], data: Uint16Array.of(0x3c00, 0x4200), isBinary: true },
    ] as const;
    const asked: boolean[] = [];
    server = await startServer(
      (body, { method, url, headers }, response) => {
        if (url === '/v2') return response.end(JSON.stringify(triton));
        const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 32, 32] }];
        const metadata = { name: 'cat', versions: [], platform: '', inputs, outputs };
        if (method === 'GET') return response.end(v2ModelMetadata(metadata));
        const { isBinary } = parseV2Request(
          Buffer.from(body, 'latin1'),
          Number(headers['inference-header-content-length']),
        );
        asked.push(isBinary);
        const answer = v2Answer({ modelName: 'cat', outputs });
        response.setHeader('Inference-Header-Content-Length', answer.jsonLength ?? 0).end(answer.body);
      },
      { protocol: 'v2', preprocessing, labels: ['dog', 'cat'], contract: ofOutput('y') },
      'latin1',
    );
    client = new EndpointClient(server.endpoint, { isRemote: true });
    const { predictions, response } = await client.predict({ image, k: 2 });
    assert.deepEqual(asked, [true]);
    assert.deepEqual(
      predictions.map(({ label }) => label),
      ['cat', 'dog'],
    );
    assert.match(response.body, /"data":\s*\[\s*1,\s*3\s*\]/);
  });

  it('that is no JSON before its tensors is told as such', async () => {
    server = await startServer(
      (_, { method, url }, response) => {
        if (url === '/v2') return response.end(JSON.stringify(triton));
        const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 32, 32] }];
        const metadata = { name: 'cat', versions: [], platform: '', inputs, outputs: [] };
        if (method === 'GET') return response.end(v2ModelMetadata(metadata));
        response.setHeader('Inference-Header-Content-Length', 4).end('{"ou');
      },
      { protocol: 'v2', preprocessing, labels: ['dog', 'cat'] },
    );
    client = new EndpointClient(server.endpoint, { isRemote: true });
    await assert.rejects(client.predict({ image, k: 2 }), {
      category: 'server',
      message: /is not what its header says/,
    });
  });
});

describe('a tensor for a server that reads numbers only', () => {
  it('goes as numbers: MLServer', async () => {
    const sent = await serve({ metadata: { name: 'mlserver', version: '1.7.1', extensions: [] }, refusesBytes: true });
    await client?.predict({ image, k: 1 });
    assert.deepEqual([sent[0]?.isBinary, sent[0]?.input.data], [false, await ours()]);
    assert.deepEqual(server?.asked.filter((line) => line.startsWith('POST')).length, 1);
  });

  it('goes as numbers from the first refusal on, where it was thought to read bytes', async () => {
    const sent = await serve({ metadata: triton, refusesBytes: true });
    await client?.predict({ image, k: 1 });
    await client?.predict({ image, k: 1 });
    assert.deepEqual(sent.map(({ isBinary }) => isBinary), [false, false]); // prettier-ignore
    assert.equal(server?.asked.filter((line) => line.startsWith('POST')).length, 3);
  });

  it('is repeated in the JSON, too', async () => {
    const sent = await serve({ metadata: { name: 'mlserver', version: '1.7.1' }, shape: [2, 3, 32, 32] });
    await client?.predict({ image, k: 1 });
    assert.deepEqual(sent[0]?.input.data, Float32Array.from([...(await ours()), ...(await ours())]));
  });
});

describe('who reads tensors as bytes', () => {
  const cases: readonly [string, string, readonly string[], boolean][] = [
    ['triton', '2.34.0', [], true],
    ['kserve', '0.13.1', [], false],
    ['kserve', '0.14.0', [], true],
    ['kserve', 'v0.15.2', [], true],
    ['kserve', '', [], false],
    ['mlserver', '1.7.1', [], false],
    ['mlserver', '9.0', ['binary_tensor_data'], false],
    ['OpenVINO Model Server', '2024.1', [], true],
    ['model-deck', '1.0', [], true],
    ['something', '1', [], false],
    ['something', '1', ['binary_tensor_data'], true],
  ];
  for (const [name, version, extensions, expected] of cases) {
    it(`${name} ${version} ${extensions.join()}: ${expected ? 'yes' : 'no'}`, () =>
      assert.equal(readsBinaryTensors({ name, version, extensions }), expected));
  }

  it('is read out of what servers say of themselves', () => {
    assert.deepEqual(parseV2ServerMetadata('{"name":"triton","version":"2","extensions":["a",1]}'), { name: 'triton', version: '2', extensions: ['a'] });
    for (const text of ['', '[]', '{"name":1}', '{"version":"1"}']) assert.equal(parseV2ServerMetadata(text), undefined);
    assert.equal(readsBinaryTensors(undefined), false);
  }); // prettier-ignore
});

/** The same client for a package that says that pixels go in as they are. */
function pixels(known: EndpointClient | undefined): EndpointClient {
  known?.close();
  const { preprocessing: steps = preprocessing, ...endpoint } = server?.endpoint ?? assert.fail('no server');
  const { input, output } = fromPreprocessing(steps);
  const values = { range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const contract = { input: { ...input, ...values }, output, origins: {} };
  return new EndpointClient({ ...endpoint, contract }, { isRemote: true });
}
