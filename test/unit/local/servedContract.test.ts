import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { formatContract } from '../../../src/contract/contractJson.ts';
import type { ClassOutput, ImageInput } from '../../../src/contract/modelContract.ts';
import { interpret, modelAnswer, sigmoid, softmax } from '../../../src/inference/index.ts';
import { startServer, type RunningServer } from '../../../src/local/startServer.ts';
import { contractOf } from '../contract/contracts.ts';
import { writeFiles } from '../writeFiles.ts';
import { serverSource } from './sampleArchive.ts';
import { toyGraph, type ToyGraph } from './toyGraph.ts';

/** A picture of one colour, so that its mean is known: R 51, G 102, B 204. */
const colour = { r: 51, g: 102, b: 204 };
/** Each class gets one channel of the mean, the fourth one the sum of red and blue. */
const channelEach = [
  [1, 0, 0, 1],
  [0, 1, 0, 0],
  [0, 0, 1, 1],
];

interface Case {
  readonly graph?: Partial<ToyGraph>;
  readonly input?: Partial<ImageInput>;
  readonly output?: Partial<ClassOutput>;
  /** Whether the file that the graph keeps its weights in is there. */
  readonly hasWeights?: boolean;
}

describe('the local server follows the contract', () => {
  let folder: string;
  let photo: string;
  let count = 0;
  const servers: RunningServer[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-contract-'));
    const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: colour } });
    photo = (await picture.png().toBuffer()).toString('base64');
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  });

  async function serve({ graph, input, output, hasWeights = true }: Case): Promise<RunningServer> {
    const archive = path.join(folder, String((count += 1)));
    const toy: ToyGraph = { shape: [-1, 3, 8, 12], weights: channelEach, ...graph };
    const contract = contractOf(output ?? {}, { width: 12, height: 8, ...input });
    const made = toyGraph(toy);
    const model = {
      modelName: 'toy',
      modelVersion: '1.0',
      handler: 'onnx_image_classifier.py',
      serializedFile: 'toy.onnx',
    };
    await writeFiles(archive, {
      'toy.onnx': made.graph,
      'contract.json': formatContract(contract),
      'MAR-INF/MANIFEST.json': JSON.stringify({ runtime: 'python', model, archiverVersion: '0.12.0' }),
      ...(toy.externalFile !== undefined && hasWeights && { [toy.externalFile]: made.externalData }),
    });
    const server = await startServer({
      ...serverSource,
      model: { archive, modelName: 'toy', modelVersion: '1.0', engine: { kind: 'onnx' } },
      log: () => undefined,
    });
    servers.push(server);
    return server;
  }

  async function predictionText(server: RunningServer): Promise<string> {
    const body = JSON.stringify({ instances: [{ data: photo }] });
    const answer = await fetch(`${server.url}/v1/models/toy:predict`, { method: 'POST', body });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return text;
  }

  async function numbers(one: Case): Promise<readonly number[]> {
    const { predictions } = JSON.parse(await predictionText(await serve(one))) as {
      predictions: [{ scores: number[] }];
    };
    return predictions[0].scores.map((value) => Number(value.toFixed(3)));
  }

  const inputs: readonly [string, Case, readonly number[]][] = [
    ['a size that is not square', {}, [0.2, 0.4, 0.8, 1]],
    ['bgr', { input: { colour: 'bgr' } }, [0.8, 0.4, 0.2, 1]],
    ['NHWC', { graph: { shape: [-1, 8, 12, 3], layout: 'NHWC' }, input: { layout: 'NHWC' } }, [0.2, 0.4, 0.8, 1]],
    ['values 0..255', { input: { range: '0..255' } }, [51, 102, 204, 255]],
    ['mean and std', { input: { mean: [0.2, 0.2, 0.3], std: [1, 2, 0.5] } }, [0, 0.1, 1, 1]],
    ['16-bit floats', { graph: { type: 'float16' }, input: { type: 'float16' } }, [0.2, 0.4, 0.8, 1]],
    ['bytes', { graph: { type: 'uint8' }, input: { type: 'uint8', range: '0..255' } }, [51, 102, 204, 255]],
    ['a fixed batch of 1', { graph: { shape: [1, 3, 8, 12] }, input: { batch: 1 } }, [0.2, 0.4, 0.8, 1]],
    ['a fixed batch of 3', { graph: { shape: [3, 3, 8, 12] }, input: { batch: 3 } }, [0.2, 0.4, 0.8, 1]],
    ['weights beside the graph', { graph: { externalFile: 'toy.onnx.data' } }, [0.2, 0.4, 0.8, 1]],
    ['weights in a folder beside the graph', { graph: { externalFile: 'weights/model.data' } }, [0.2, 0.4, 0.8, 1]],
    ['an output by its name', { graph: { hasFeatures: true }, output: { name: 'classes' } }, [0.2, 0.4, 0.8, 1]],
    [
      'an output by the count of its classes',
      { graph: { hasFeatures: true }, output: { classes: 4 } },
      [0.2, 0.4, 0.8, 1],
    ],
  ];
  for (const [name, one, expected] of inputs) {
    it(`with ${name}`, async () => {
      const seen = await numbers(one);
      // Half floats and 8-bit levels are rounded on the way.
      seen.forEach((value, index) => assert.ok(Math.abs(value - (expected[index] ?? NaN)) < 0.002, seen.join()));
    });
  }

  it('with one channel, grey as Pillow has it', async () => {
    const grey = { shape: [-1, 1, 8, 12], weights: [[1, 2]] };
    const [first = 0] = await numbers({ graph: grey, input: { colour: 'grey', mean: [0], std: [1] } });
    assert.ok(Math.abs(first - (0.299 * 51 + 0.587 * 102 + 0.114 * 204) / 255) < 0.003, String(first));
  });

  it('and answers one class of several with a softmax where the contract says so, none twice', async () => {
    const labels = ['a', 'b', 'c', 'd'];
    const output = { meaning: 'single-label', activation: 'softmax', labels } as const;
    const text = await predictionText(await serve({ output }));
    const { predictions } = JSON.parse(text) as { predictions: [Record<string, number>] };
    const expected = softmax([0.2, 0.4, 0.8, 1]);
    assert.deepEqual(Object.keys(predictions[0]), ['d', 'c', 'b', 'a']);
    labels.forEach((label, index) => assert.ok(Math.abs((predictions[0][label] ?? 0) - (expected[index] ?? 0)) < 1e-6));
    const ended = await predictionText(
      await serve({ graph: { last: 'Softmax' }, output: { ...output, activation: 'none' } }),
    );
    assert.equal(ended.slice(0, 27), text.slice(0, 27));
  });

  it('and keeps the order of probability where the classes have no labels', async () => {
    const text = await predictionText(await serve({ output: { meaning: 'single-label', activation: 'softmax' } }));
    assert.match(text, /^\{"predictions":\[\{"3":[\d.]+,"2":[\d.]+,"1":[\d.]+,"0":[\d.]+\}\]\}$/);
  });

  it('and answers each label by itself', async () => {
    const output = { meaning: 'multi-label', activation: 'sigmoid', labels: ['a', 'b', 'c', 'd'] } as const;
    const { predictions } = JSON.parse(await predictionText(await serve({ output }))) as { predictions: [object] };
    const [values] = [Object.values(predictions[0]) as number[]];
    assert.deepEqual(values.map((value) => value.toFixed(5)), [1, 0.8, 0.4, 0.2].map((value) => sigmoid(value).toFixed(5)));
  }); // prettier-ignore

  it('and answers yes or no with both probabilities, which read as binary again', async () => {
    const labels = ['normal', 'pneumonia'];
    const output = { meaning: 'binary', activation: 'none', labels } as const;
    const graph = { weights: [[1], [0], [0]], last: 'Identity' } as const;
    const server = await serve({ graph, output });
    const text = await predictionText(server);
    assert.deepEqual(Object.keys((JSON.parse(text) as { predictions: [object] }).predictions[0]), [
      'normal',
      'pneumonia',
    ]);
    const { kind, values } = interpret(modelAnswer(text, 'v1'), { contract: server.contract });
    assert.deepEqual([kind, values[0]?.label, values[0]?.value?.toFixed(3)], ['binary', 'pneumonia', '0.200']);
  });

  it('and says when graph and contract do not fit', async () => {
    await assert.rejects(serve({ input: { layout: 'NHWC' } }), {
      message: /"pixels" takes \[-1, 3, 8, 12\], and the contract makes \[8, 12, 3\]/,
    });
    await assert.rejects(serve({ output: { name: 'scores' } }), { message: /no output "scores"/ });
    await assert.rejects(serve({ input: { name: 'x' } }), { message: /no input "x"/ });
    await assert.rejects(serve({ output: { meaning: 'binary', activation: 'sigmoid' } }), {
      message: /4 numbers.*yes or no/,
    });
  });

  it('and names a file of weights that is missing', async () => {
    await assert.rejects(serve({ graph: { externalFile: 'weights/model.data' }, hasWeights: false }), {
      category: 'not-found',
      message: /weights\/model\.data, which is not in the archive/,
    });
  });

  it('and tells the contract to whoever started it', async () => {
    const output = { meaning: 'multi-label', activation: 'none', labels: ['a', 'b', 'c', 'd'] } as const;
    assert.deepEqual((await serve({ output })).contract?.output, output);
  });

  it('and takes and gives V2 tensors as bytes, compressed both ways', async () => {
    const { url } = await serve({ graph: { type: 'float16' }, input: { type: 'float16' } });
    const pictures = Buffer.from(new Uint16Array(2 * 3 * 8 * 12).fill(0x3c00).buffer);
    const json = JSON.stringify({
      inputs: [
        { name: 'pixels', shape: [2, 3, 8, 12], datatype: 'FP16', parameters: { binary_data_size: pictures.length } },
      ],
      parameters: { binary_data_output: true },
    });
    const answer = await fetch(`${url}/v2/models/toy/infer`, {
      method: 'POST',
      headers: {
        'Inference-Header-Content-Length': String(json.length),
        'Content-Encoding': 'gzip',
        'Content-Type': 'application/octet-stream',
      },
      body: gzipSync(Buffer.concat([Buffer.from(json), pictures])),
    });
    assert.equal(answer.status, 200);
    const length = Number(answer.headers.get('inference-header-content-length'));
    const body = Buffer.from(await answer.arrayBuffer());
    const [output] = (JSON.parse(body.toString('utf8', 0, length)) as { outputs: [{ shape: number[] }] }).outputs;
    assert.deepEqual(output.shape, [2, 4]);
    const values = new Float32Array(Uint8Array.from(body.subarray(length)).buffer);
    assert.deepEqual(Array.from(values), [1, 1, 1, 2, 1, 1, 1, 2]);
  });

  it('and compresses an answer for whoever asks for it', async () => {
    const { url } = await serve({
      graph: { weights: [0, 1, 2].map((channel) => new Array<number>(2000).fill(channel)) },
    });
    const { request } = await import('node:http');
    const body = JSON.stringify({ instances: [{ data: photo }] });
    const [encoding, content] = await new Promise<[string | undefined, Buffer]>((resolve, reject) => {
      request(
        `${url}/v1/models/toy:predict`,
        { method: 'POST', headers: { 'Accept-Encoding': 'gzip' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve([response.headers['content-encoding'], Buffer.concat(chunks)]));
        },
      )
        .on('error', reject)
        .end(body);
    });
    assert.equal(encoding, 'gzip');
    assert.equal(
      (JSON.parse(gunzipSync(content).toString()) as { predictions: [{ scores: number[] }] }).predictions[0].scores
        .length,
      2000,
    );
  });
});
