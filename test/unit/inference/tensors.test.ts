import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { decodeImage, EndpointClient } from '../../../src/inference/index.ts';
import type { Endpoint } from '../../../src/inference/index.ts';
import { chooseModelInput } from '../../../src/inference/client/modelInput.ts';
import { parseV2ModelMetadata, parseV2Request, v2ModelMetadata } from '../../../src/kserve/index.ts';
import type { TensorMetadata } from '../../../src/kserve/index.ts';
import type { Preprocessing } from '../../../src/packaging/spec/modelSpec.ts';
import { readFixture, tensorOf } from './fixtures.ts';
import { startServer, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const ofThePackage: Preprocessing = {
  resize: 40,
  crop: 32,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
  layout: 'NCHW',
};
let server: TestServer | undefined;
let client: EndpointClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.close();
  client = server = undefined;
});

/** A V2 server that takes this input and answers with these logits. */
async function serve(
  input: TensorMetadata,
  logits: readonly number[],
  change: Partial<Endpoint> = {},
): Promise<{ readonly client: EndpointClient; readonly bodies: string[] }> {
  const bodies: string[] = [];
  const metadata = v2ModelMetadata({ name: 'cat', versions: ['1'], platform: 'onnx', inputs: [input], outputs: [] });
  server = await startServer(
    (body, request, response) => {
      if (request.method === 'GET') return response.end(metadata);
      bodies.push(body);
      const output = { name: 'OUTPUT__0', datatype: 'FP32', shape: [1, logits.length], data: logits };
      response.end(JSON.stringify({ model_name: 'cat', model_version: '1', outputs: [output] }));
    },
    { protocol: 'v2', ...change },
  );
  client = new EndpointClient(server.endpoint, { isRemote: true });
  return { client, bodies };
}

describe('a V2 model that takes a tensor', () => {
  it('gets the first of several pictures in a file, and the answer says so', async () => {
    const shape = [-1, 3, 32, 32];
    const { client } = await serve({ name: 'INPUT__0', datatype: 'FP32', shape }, [1, 3], {
      preprocessing: ofThePackage,
    });
    const animated = readFixture('animated.gif');
    const { notes } = await decodeImage(animated);
    assert.ok(notes.length > 0);
    assert.deepEqual((await client.predict({ image: animated, k: 1 })).notes.slice(0, notes.length), notes);
  });

  it("gets the package's preprocessing, and its logits become labelled probabilities", async () => {
    const { client, bodies } = await serve({ name: 'INPUT__0', datatype: 'FP32', shape: [-1, 3, 32, 32] }, [1, 3, 0], {
      preprocessing: ofThePackage,
      labels: ['dog', 'cat', 'cow'],
    });
    const result = await client.predict({ image, k: 2 });
    const [body = ''] = bodies;
    const { name, shape, datatype } = (JSON.parse(body) as { inputs: [TensorMetadata] }).inputs[0];
    assert.deepEqual({ name, shape, datatype }, { name: 'INPUT__0', shape: [1, 3, 32, 32], datatype: 'FP32' });
    const sent = parseV2Request(body).inputs[0];
    assert.ok(sent && 'shape' in sent);
    assert.deepEqual(sent.data, tensorOf(await decodeImage(image), ofThePackage));
    assert.equal(result.predictions[0]?.label, 'cat');
    assert.ok(Math.abs((result.predictions[0]?.value ?? 0) - Math.exp(3) / (Math.E + Math.exp(3) + 1)) < 1e-9);
    assert.deepEqual(result.notes, []);
    assert.match(result.request.body, /"data":\[(-?[\d.e-]+,){11}-?[\d.e-]+, … \(3072 numbers\)\]/);
  });

  it("gets ImageNet's where nobody says more, and says so", async () => {
    const { client, bodies } = await serve({ name: 'x', datatype: 'FP32', shape: [1, 56, 56, 3] }, [0, 9]);
    const { notes, predictions } = await client.predict({ image, k: 1 });
    const sent = parseV2Request(bodies[0] ?? '').inputs[0];
    assert.ok(sent && 'shape' in sent);
    const steps = { ...imageNet, resize: 64, crop: 56, layout: 'NHWC' } as const;
    assert.deepEqual(sent.data, tensorOf(await decodeImage(image), steps));
    assert.deepEqual(predictions, [{ index: 1, value: 9 }]);
    assert.match(notes[0] ?? '', /as for ImageNet \(resize 64, crop 56, .*neither the server nor a package/);
  });

  it('gets pixels where it takes bytes', async () => {
    const { client, bodies } = await serve({ name: 'x', datatype: 'UINT8', shape: [32, 32, 3] }, [0, 9]);
    await client.predict({ image, k: 1 });
    const { data } = (JSON.parse(bodies[0] ?? '') as { inputs: [{ data: number[] }] }).inputs[0];
    const steps = { mean: [0, 0, 0], std: [1, 1, 1], resize: 37, crop: 32, layout: 'NHWC' } as const;
    const levels = tensorOf(await decodeImage(image), steps);
    assert.deepEqual(
      data,
      Array.from(levels, (level) => Math.round(level * 255)),
    );
    assert.ok(Math.max(...data) > 100 && data.every((value) => Number.isInteger(value) && value >= 0 && value <= 255));
  });

  it('is asked for its inputs once, of several outputs the one with the labels counts', async () => {
    const { client } = await serve({ name: 'x', datatype: 'BYTES', shape: [-1, 1] }, [0, 9], { labels: ['a', 'b'] });
    await client.predict({ image, k: 1 });
    await client.predict({ image, k: 1 });
    assert.deepEqual(server?.asked, ['GET /v2/models/cat', 'POST /v2/models/cat/infer', 'POST /v2/models/cat/infer']);
  });

  it('is asked again for its inputs when that failed', async () => {
    let count = 0;
    server = await startServer(
      (_, request, response) => {
        count += 1;
        if (count === 1) return response.writeHead(401).end();
        if (request.method === 'GET') return response.end('{"inputs":[]}');
        response.end('{"outputs":[{"name":"a","datatype":"BYTES","shape":[1],"data":[{"cat":1}]}]}');
      },
      { protocol: 'v2' },
    );
    client = new EndpointClient(server.endpoint, { isRemote: true });
    await assert.rejects(client.predict({ image, k: 1 }), { category: 'unauthorized' });
    assert.equal((await client.predict({ image, k: 1 })).predictions[0]?.label, 'cat');
  });
});

describe('what a model takes', () => {
  const choose = (inputs: readonly TensorMetadata[], preprocessing?: Preprocessing): unknown => {
    const input = chooseModelInput({ inputs }, { modelName: 'm', ...(preprocessing && { preprocessing }) });
    if (input.kind === 'encoded') return input.tensor?.shape ?? 'image';
    const { resize, layout, range, mean } = input.input;
    const steps = 'length' in resize ? resize.length : resize.method;
    const values = range === '0..255' && mean.every((one) => one === 0) ? 'pixels' : 'normalised';
    return [input.tensor.shape.join('x'), layout, steps, input.input.width, values];
  };
  const fp32 = (...shape: number[]): TensorMetadata => ({ name: 'x', datatype: 'FP32', shape });

  const cases: [string, readonly TensorMetadata[], Preprocessing | undefined, unknown][] = [
    ['nothing said: the image', [], undefined, 'image'],
    ['bytes: the image, in its shape', [{ name: 'x', datatype: 'BYTES', shape: [-1, 1] }], undefined, [1, 1]],
    ['planes', [fp32(-1, 3, 224, 224)], undefined, ['1x3x224x224', 'NCHW', 256, 224, 'normalised']],
    ['interleaved', [fp32(1, 299, 299, 3)], undefined, ['1x299x299x3', 'NHWC', 342, 299, 'normalised']],
    ['no batch', [fp32(3, 224, 224)], undefined, ['3x224x224', 'NCHW', 256, 224, 'normalised']],
    ['any size: that of the package', [fp32(-1, 3, -1, -1)], ofThePackage, ['1x3x32x32', 'NCHW', 40, 32, 'normalised']],
    ['any size, no package', [fp32(-1, 3, -1, -1)], undefined, ['1x3x224x224', 'NCHW', 256, 224, 'normalised']],
    [
      'all open: that of the package',
      [fp32(-1, -1, -1, -1)],
      ofThePackage,
      ['1x3x32x32', 'NCHW', 40, 32, 'normalised'],
    ],
    ['another size than the package', [fp32(1, 3, 64, 64)], ofThePackage, ['1x3x64x64', 'NCHW', 80, 64, 'normalised']],
    ['half precision', [{ ...fp32(1, 3, 8, 8), datatype: 'FP16' }], undefined, ['1x3x8x8', 'NCHW', 9, 8, 'normalised']],
    ['grey', [fp32(1, 1, 28, 28)], undefined, ['1x1x28x28', 'NCHW', 32, 28, 'normalised']],
    ['no square', [fp32(1, 3, 240, 320)], undefined, ['1x3x240x320', 'NCHW', 'exact', 320, 'normalised']],
    [
      'a fixed batch: the same picture as often',
      [fp32(8, 3, 8, 8)],
      undefined,
      ['8x3x8x8', 'NCHW', 9, 8, 'normalised'],
    ],
    ['pixels', [{ ...fp32(1, 3, 8, 8), datatype: 'INT32' }], undefined, ['1x3x8x8', 'NCHW', 9, 8, 'pixels']],
  ];
  for (const [name, inputs, preprocessing, expected] of cases) {
    it(name, () => assert.deepEqual(choose(inputs, preprocessing), expected));
  }

  const refused: [string, readonly TensorMetadata[], RegExp][] = [
    ['two inputs', [fp32(1, 3, 8, 8), { ...fp32(1), name: 'y' }], /takes 2 inputs \(x, y\)/],
    ['brain floats', [{ ...fp32(1, 3, 8, 8), datatype: 'BF16' }], /BF16, which no picture is made of/],
    [
      'text',
      [{ name: 'input_ids', datatype: 'INT64', shape: [-1, -1] }],
      /no picture, but "input_ids", INT64 \[-1, -1\]/,
    ],
    ['all open', [fp32(-1, -1, -1, -1)], /no picture/],
    ['a huge batch', [fp32(256, 3, 8, 8)], /takes 256 images at once/],
    ['no batch at all', [fp32(0, 3, 8, 8)], /takes 0 images at once/],
    ['a huge square', [fp32(1, 3, 1e9, 1e9)], /up to 1024 × 1024/],
    ['no pixel', [fp32(1, 3, 0, 0)], /0 × 0 pixels/],
    ['an unknown datatype', [{ ...fp32(1, 3, 8, 8), datatype: 'COMPLEX' }], /COMPLEX/],
  ];
  for (const [name, inputs, message] of refused) {
    it(`${name} is refused`, () => assert.throws(() => choose(inputs), { category: 'unsupported', message }));
  }

  it('is what the contract says: colour, size, values, and the one of several inputs that it names', () => {
    const known = {
      colour: 'bgr',
      resize: { method: 'letterbox', fill: 114 },
      interpolation: 'bicubic',
      width: 32,
      height: 16,
      range: '-1..1',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      layout: 'NHWC',
      type: 'float32',
      batch: 'free',
    } as const;
    const contract = { input: known, output: { meaning: 'unknown', activation: 'none' }, origins: {} } as const;
    const chosen = (shape: readonly number[], datatype = 'FP32'): unknown => {
      const one = chooseModelInput({ inputs: [{ name: 'x', datatype, shape }] }, { modelName: 'm', contract });
      return one.kind === 'tensor' && [one.tensor.shape, one.input, one.note];
    };
    assert.deepEqual(chosen([-1, -1, -1, 3]), [[1, 16, 32, 3], known, undefined]);
    assert.deepEqual(chosen([-1, 16, 32, 3], 'FP16'), [[1, 16, 32, 3], { ...known, type: 'float16' }, undefined]);
    assert.deepEqual(chosen([1, 8, 8, 3]), [[1, 8, 8, 3], { ...known, width: 8, height: 8 }, undefined]);
    const grey = { ...contract, input: { ...known, colour: 'grey', mean: [0], std: [1] } } as const;
    assert.throws(() => chooseModelInput({ inputs: [fp32(1, 3, 8, 8)] }, { modelName: 'm', contract: grey }), {
      category: 'unsupported',
      message: /takes no picture/,
    });
  });

  it('is read out of what servers say, and out of nothing else', () => {
    const inputs = [fp32(1, 3, 8, 8)];
    assert.deepEqual(parseV2ModelMetadata(JSON.stringify({ name: 'm', inputs, outputs: [] })), { inputs });
    for (const body of [
      '',
      '[]',
      '{"inputs":{}}',
      '{"inputs":[{"name":"x","datatype":"FP32","shape":[1.5]}]}',
      '{"inputs":[{"name":"x","datatype":"FP32","shape":[-7]}]}',
      '{"inputs":[{"name":1,"datatype":"FP32","shape":[1]}]}',
      JSON.stringify({ inputs: Array.from({ length: 100 }, () => inputs[0]) }),
      JSON.stringify({ inputs: [fp32(...Array.from({ length: 100 }, () => 1))] }),
    ])
      assert.equal(parseV2ModelMetadata(body), undefined, body.slice(0, 60));
  });
});
