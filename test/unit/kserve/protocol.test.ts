import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildV1Request,
  buildV2Request,
  errorBody,
  modelMissingMessage,
  modelNotReadyMessage,
  parseV1Request,
  parseV1Response,
  parseV2Request,
  parseV2Outputs,
  readErrorText,
  v1Answer,
  v1ModelList,
  v1ModelReadiness,
  v1PredictPath,
  v2Answer,
  v2InferPath,
  v2ModelMetadata,
  v2ModelReadiness,
  v2ServerLive,
  v2ServerMetadata,
  v2ServerReady,
} from '../../../src/kserve/index.ts';

const images = [Uint8Array.of(0xff, 0xd8, 0xff, 0), Uint8Array.from({ length: 1000 }, (_, index) => index & 0xff)];
const tensor = (shape: number[], values: number[]): object => ({ shape, data: Float64Array.from(values) });

describe('V1', () => {
  it('sends images as instances of base64', () => {
    assert.deepEqual(JSON.parse(buildV1Request([Uint8Array.of(1, 2, 3)])), { instances: [{ data: 'AQID' }] });
  });

  it('encodes only the view of a larger buffer', () => {
    const view = Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    assert.deepEqual(JSON.parse(buildV1Request([view])), { instances: [{ data: 'AQID' }] });
  });

  it('reads back what it sends', () => {
    const instances = parseV1Request(buildV1Request(images));
    assert.deepEqual(
      instances.map((instance) => Uint8Array.from(instance as Uint8Array)),
      images,
    );
  });

  it('reads the forms of TorchServe, TensorFlow Serving and KServe', () => {
    const read = (instance: unknown): unknown => parseV1Request(JSON.stringify({ instances: [instance] }))[0];
    assert.deepEqual(read({ body: 'AQID' }), Buffer.of(1, 2, 3));
    assert.deepEqual(read('AQ\nID\n'), Buffer.of(1, 2, 3));
    assert.deepEqual(read({ image_bytes: { b64: 'AQID' }, key: '1' }), Buffer.of(1, 2, 3));
    assert.deepEqual(read({ image: { b64: 'AQID' } }), Buffer.of(1, 2, 3));
    assert.deepEqual(read({ b64: 'AQID' }), Buffer.of(1, 2, 3));
    assert.deepEqual(read({ data: [[[1, 2]], [[3, 4]], [[5, 6]]] }), tensor([3, 1, 2], [1, 2, 3, 4, 5, 6]));
    assert.deepEqual(read([[1.5]]), tensor([1, 1], [1.5]));
  });

  it('answers with predictions in order, and reads them back', () => {
    const predictions = [{ tabby: 0.5, lynx: 0.1 }, [0.25, 0.75]];
    assert.equal(v1Answer(predictions), '{"predictions":[{"tabby":0.5,"lynx":0.1},[0.25,0.75]]}');
    assert.deepEqual(parseV1Response(v1Answer(predictions)), predictions);
  });

  it('names models in lists, readiness and paths', () => {
    assert.equal(v1ModelList(['a', 'b']), '{"models":["a","b"]}');
    assert.equal(v1ModelReadiness('a', true), '{"name":"a","ready":true}');
    assert.equal(v1PredictPath('a/b c'), '/v1/models/a%2Fb%20c:predict');
  });
});

describe('V2', () => {
  it('sends each image as a BYTES input of one element', () => {
    const request = JSON.parse(buildV2Request('image', images)) as { id: string; inputs: object[] };
    assert.match(request.id, /^[0-9a-f-]{36}$/);
    const data = images.map((image) => Buffer.from(image).toString('base64'));
    assert.deepEqual(request.inputs, [
      { name: 'image-0', shape: [1], datatype: 'BYTES', data: [data[0]] },
      { name: 'image-1', shape: [1], datatype: 'BYTES', data: [data[1]] },
    ]);
  });

  it('reads back what it sends', () => {
    const text = buildV2Request('a "b"', images);
    const { inputs, id } = parseV2Request(text);
    assert.deepEqual(
      inputs.map(({ data }) => data),
      images.map((image) => [Buffer.from(image).toString('base64')]),
    );
    assert.deepEqual(
      inputs.map(({ name }) => name),
      ['a "b"-0', 'a "b"-1'],
    );
    assert.equal(id, (JSON.parse(text) as { id: string }).id);
  });

  it('reads tensors flat and nested, with a free dimension, in their own type', () => {
    const read = (shape: number[], data: unknown, datatype = 'FP32'): unknown => {
      const [input] = parseV2Request(JSON.stringify({ inputs: [{ name: 'x', shape, datatype, data }] })).inputs;
      return [input?.shape, input?.data];
    };
    assert.deepEqual(read([3, 1, 2], [1, 2, 3, 4, 5, 6]), [[3, 1, 2], Float32Array.of(1, 2, 3, 4, 5, 6)]);
    assert.deepEqual(read([2, 2], [[1, 2], [3, 4]]), [[2, 2], Float32Array.of(1, 2, 3, 4)]); // prettier-ignore
    assert.deepEqual(read([-1, 2], [1, 2, 3, 4]), [[2, 2], Float32Array.of(1, 2, 3, 4)]);
    assert.deepEqual(read([2], [255, 0], 'UINT8'), [[2], Uint8Array.of(255, 0)]);
    assert.deepEqual(read([1], [7], 'INT64'), [[1], BigInt64Array.of(7n)]);
  });

  it('reads tensors after the JSON, in the order of the inputs', () => {
    const json = JSON.stringify({
      inputs: [
        { name: 'a', shape: [2], datatype: 'FP32', parameters: { binary_data_size: 8 } },
        { name: 'b', shape: [1], datatype: 'BYTES', parameters: { binary_data_size: 7 } },
        { name: 'c', shape: [1], datatype: 'FP16', parameters: { binary_data_size: 2 } },
      ],
      outputs: [
        { name: 'x', parameters: { binary_data: true } },
        { name: 'y', parameters: { classification: 3 } },
      ],
      parameters: { binary_data_output: true },
    });
    const raw = [Buffer.from(Float32Array.of(1.5, -2).buffer), Buffer.of(3, 0, 0, 0, 1, 2, 3), Buffer.of(0, 0x3c)];
    const { inputs, outputs, isBinary } = parseV2Request(Buffer.concat([Buffer.from(json), ...raw]), json.length);
    assert.deepEqual(
      inputs.map(({ data }) => data),
      [Float32Array.of(1.5, -2), [Buffer.of(1, 2, 3)], Uint16Array.of(0x3c00)],
    );
    assert.deepEqual(outputs, [
      { name: 'x', isBinary: true },
      { name: 'y', classes: 3 },
    ]);
    assert.equal(isBinary, true);
  });

  it('answers its outputs as JSON, or as bytes after it', () => {
    const answer = { id: '7', modelName: 'cat', modelVersion: '1.0' };
    const outputs = [
      { name: 'p', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(0.5, 0.25) },
      { name: 'h', datatype: 'FP16', shape: [1], data: Uint16Array.of(0x3800) },
      { name: 't', datatype: 'BYTES' as const, shape: [1], data: ['tabby'] },
    ];
    const faces = outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape }));
    const { body, jsonLength } = v2Answer({ ...answer, outputs });
    assert.equal(jsonLength, undefined);
    assert.deepEqual(JSON.parse(String(body)), {
      id: '7',
      model_name: 'cat',
      model_version: '1.0',
      outputs: faces.map((face, index) => ({ ...face, data: [[0.5, 0.25], [0.5], ['tabby']][index] })),
    });
    const binary = v2Answer({ ...answer, outputs: outputs.map((output) => ({ ...output, isBinary: true })) });
    const bytes = Buffer.from(binary.body);
    const head = JSON.parse(bytes.toString('utf8', 0, binary.jsonLength)) as { outputs: unknown };
    assert.deepEqual(
      head.outputs,
      faces.map((face, index) => ({ ...face, parameters: { binary_data_size: [8, 2, 9][index] } })),
    );
    const raw = [
      Buffer.from(Float32Array.of(0.5, 0.25).buffer),
      Buffer.of(0, 0x38),
      Buffer.of(5, 0, 0, 0),
      Buffer.from('tabby'),
    ];
    assert.deepEqual(bytes.subarray(binary.jsonLength), Buffer.concat(raw));
    const made = JSON.parse(String(v2Answer({ modelName: 'cat', outputs: [] }).body)) as Record<string, unknown>;
    assert.match(made['id'] as string, /^[0-9a-f-]{36}$/);
  });

  it('gives each output with its shape, flat', () => {
    const read = (output: object): unknown => {
      const [first] = parseV2Outputs(JSON.stringify({ outputs: [output] }));
      return [first?.shape, first?.data];
    };
    assert.deepEqual(read({ datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }), [[2, 2], [1, 2, 3, 4]]); // prettier-ignore
    assert.deepEqual(read({ datatype: 'FP32', shape: [2, 2], data: [[1, 2], [3, 4]] }), [[2, 2], [1, 2, 3, 4]]); // prettier-ignore
    assert.deepEqual(read({ datatype: 'FP32', shape: [1], data: [1, 2, 3] }), [[3], [1, 2, 3]]);
    assert.deepEqual(read({ datatype: 'FP32', data: [1, 2, 3] }), [[3], [1, 2, 3]]);
    assert.deepEqual(read({ datatype: 'BYTES', shape: [], data: { tabby: 1 } }), [[], [{ tabby: 1 }]]);
    assert.deepEqual(read({ datatype: 'BYTES', shape: [1, 1], data: [['{"tabby":1}']] }), [[1, 1], ['{"tabby":1}']]);
  });

  it("takes TensorFlow Serving's columns, and an object for one prediction", () => {
    assert.deepEqual(parseV1Response('{"outputs":{"scores":[[0.9,0.1]]}}'), [{ scores: [[0.9, 0.1]] }]);
    assert.deepEqual(parseV1Response('{"outputs":[[0.9,0.1]]}'), [[0.9, 0.1]]);
    assert.deepEqual(parseV1Response('{"predictions":{"tabby":0.9}}'), [{ tabby: 0.9 }]);
  });

  it('describes servers and models', () => {
    assert.equal(v2ServerMetadata('s', '1'), '{"name":"s","version":"1","extensions":[]}');
    assert.equal(v2ServerLive(true), '{"live":true}');
    assert.equal(v2ServerReady(false), '{"ready":false}');
    assert.equal(v2ModelReadiness('m', true), '{"name":"m","ready":true}');
    assert.equal(v2InferPath('m:x'), '/v2/models/m%3Ax/infer');
    const input = { name: 'x', datatype: 'FP32', shape: [-1, 3, 224, 224] };
    const metadata = { name: 'm', versions: ['1.0'], platform: 'onnx', inputs: [input], outputs: [] };
    assert.deepEqual(JSON.parse(v2ModelMetadata(metadata)), metadata);
  });
});

const v2Input = (change: object): string =>
  JSON.stringify({ inputs: [{ name: 'x', shape: [1], datatype: 'BYTES', data: ['AQID'], ...change }] });
const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`;

const wrongRequests: [string, (text: string) => unknown, string, RegExp][] = [
  ['no JSON (v1)', parseV1Request, '{"instances"', /^Unrecognized request format: /],
  ['no JSON (v2)', parseV2Request, '', /^Unrecognized request format: /],
  ['null', parseV1Request, 'null', /^Expected key "instances" in request body$/],
  ['a list', parseV2Request, '[]', /^Expected key "inputs" in request body$/],
  ['a V2 body at V1', parseV1Request, buildV2Request('x', images), /^Expected key "instances"/],
  ['a V1 body at V2', parseV2Request, buildV1Request(images), /^Expected key "inputs"/],
  ['instances as an object', parseV1Request, '{"instances":{}}', /^Expected "instances" to be a list$/],
  ['inputs as a text', parseV2Request, '{"inputs":"x"}', /^Expected "inputs" to be a list$/],
  ['no instances', parseV1Request, '{"instances":[]}', /at least one instance/],
  ['no inputs', parseV2Request, '{"inputs":[]}', /at least one input/],
  ['instances of the prototype', parseV1Request, '{"__proto__":{"instances":["AQID"]}}', /^Expected key "instances"/],
  ['an empty instance', parseV1Request, '{"instances":[{}]}', /"instances\[0\].data" to be a base64 string or a list/],
  ['a number', parseV1Request, '{"instances":["AQID",5]}', /"instances\[1\]" to be a base64 string or a list/],
  ['an empty image', parseV1Request, '{"instances":[{"data":""}]}', /is empty$/],
  ['no base64', parseV1Request, '{"instances":[{"data":"data:image/png;base64,AQID"}]}', /to be base64$/],
  ['cut-off base64', parseV1Request, '{"instances":[{"data":"AQI"}]}', /Incorrect padding$/],
  ['a ragged tensor', parseV1Request, '{"instances":[[[1,2],[3]]]}', /rows are equally long$/],
  ['a tensor of texts', parseV1Request, '{"instances":[[[1,"2"]]]}', /numbers only$/],
  ['a tensor beyond numbers', parseV1Request, '{"instances":[[1e999]]}', /numbers only$/],
  ['an empty tensor', parseV1Request, '{"instances":[[[],[]]]}', /is empty$/],
  ['a bottomless tensor', parseV1Request, `{"instances":[${deep}]}`, /at most 8 dimensions$/],
  ['an input that is a text', parseV2Request, '{"inputs":["AQID"]}', /"inputs\[0\]" to be an object$/],
  ['an id that is a number', parseV2Request, '{"id":5,"inputs":[{}]}', /"id" to be a string$/],
  ['no name', parseV2Request, v2Input({ name: undefined }), /"inputs\[0\].name" to be a string$/],
  ['a shape that is a number', parseV2Request, v2Input({ shape: -1 }), /value is not a valid list$/],
  ['a shape of fractions', parseV2Request, v2Input({ shape: [1.5] }), /"inputs\[0\].shape"/],
  ['data that is a text', parseV2Request, v2Input({ data: 'AQID' }), /value is not a valid list$/],
  [
    'FP16 in JSON',
    parseV2Request,
    v2Input({ datatype: 'FP16', data: [1] }),
    /^Receiving FP16 data via JSON is not supported/,
  ],
  [
    'fractions for whole numbers',
    parseV2Request,
    v2Input({ datatype: 'INT64', data: [1.5] }),
    /whole numbers: it is INT64/,
  ],
  [
    'more bytes than there are',
    parseV2Request,
    v2Input({ datatype: 'FP32', data: undefined, parameters: { binary_data_size: 4 } }),
    /binary_data_size" is 4, and 0 bytes are left/,
  ],
  ['outputs without a name', parseV2Request, v2Input({}).replace('}]}', '}],"outputs":[{}]}'), /"outputs\[0\].name"/],
  ['an unknown datatype', parseV2Request, v2Input({ datatype: 'STRING' }), /Unknown "inputs\[0\].datatype": "STRING"$/],
  ['no datatype', parseV2Request, v2Input({ datatype: undefined }), /Unknown "inputs\[0\].datatype": undefined$/],
  [
    'too few numbers',
    parseV2Request,
    v2Input({ datatype: 'FP32', shape: [3], data: [1] }),
    /^Cannot reshape .* size 1 into shape \[3\]$/,
  ],
  ['two free dimensions', parseV2Request, v2Input({ datatype: 'FP32', shape: [-1, -1], data: [1] }), /^Cannot reshape/],
  ['a dimension of 0', parseV2Request, v2Input({ datatype: 'FP32', shape: [0, -1], data: [1] }), /^Cannot reshape/],
];

describe('requests that are wrong', () => {
  for (const [name, parse, text, message] of wrongRequests) {
    it(name, () => assert.throws(() => parse(text), { category: 'invalid-input', message }));
  }
});

const wrongAnswers: [string, (text: string) => unknown, string, RegExp][] = [
  ['an empty body', parseV1Response, '', /not JSON: it is empty/],
  ['a login page', parseV2Outputs, '<html>Log in</html>', /not JSON: it begins with "<html>/],
  ['NaN as Python writes it', parseV1Response, '{"predictions":[NaN]}', /NaN or Infinity/],
  ['null', parseV1Response, 'null', /no list of "predictions": null/],
  ['an error', parseV1Response, '{"error":"no"}', /no list of "predictions": \{"error":"no"\}/],
  ['predictions as an object', parseV1Response, '{"predictions":{}}', /no list of "predictions"/],
  ['no outputs', parseV2Outputs, '{"id":"1"}', /no list of "outputs"/],
  ['an output that is a number', parseV2Outputs, '{"outputs":[1]}', /an output that is not an object: 1/],
  ['an output without data', parseV2Outputs, '{"outputs":[{"name":"x"}]}', /an output without "data"/],
  [
    'a shape beyond the data',
    parseV2Outputs,
    '{"outputs":[{"datatype":"FP32","shape":[3,2],"data":[1,2]}]}',
    /does not fill its "shape"/,
  ],
  [
    'a shape of texts',
    parseV2Outputs,
    '{"outputs":[{"datatype":"FP32","shape":["9","9"],"data":[1]}]}',
    /no list of whole numbers/,
  ],
  [
    'rows without end',
    parseV2Outputs,
    '{"outputs":[{"datatype":"FP32","shape":[1e300,1],"data":[]}]}',
    /no list of whole numbers/,
  ],
];

describe('answers that are wrong', () => {
  for (const [name, parse, text, message] of wrongAnswers) {
    it(name, () => assert.throws(() => parse(text), { category: 'server', message }));
  }
});

describe('error bodies', () => {
  it("are KServe's", () => {
    assert.equal(errorBody(modelMissingMessage('m')), '{"error":"Model with name m does not exist."}');
    assert.equal(modelNotReadyMessage('m'), 'Model with name m is not ready.');
  });

  const bodies: [string, string | undefined][] = [
    ['{"error":"no such model"}', 'no such model'],
    ['{"code":503,"type":"X","message":"Prediction failed"}', 'Prediction failed'],
    ['{"detail":[{"msg":"field required"}]}', '[{"msg":"field required"}]'],
    ['{"error":{"reason":"x"}}', '{"reason":"x"}'],
    ['"text"', 'text'],
    ['upstream connect error\nmore', 'upstream connect error'],
    ['<html><h1>502</h1></html>', undefined],
    ['', undefined],
    ['[]', undefined],
    ['{"__proto__":{"error":"x"}}', undefined],
    ['{"error":"two\\nlines\\u001b[31m"}', 'two lines [31m'],
  ];
  for (const [body, text] of bodies)
    it(`${body || 'nothing'} says ${text}`, () => assert.equal(readErrorText(body), text));

  it('are cut to 500 characters', () => {
    assert.equal(readErrorText(errorBody('x'.repeat(10_000)))?.length, 500);
    assert.equal(readErrorText('x'.repeat(10_000))?.length, 500);
  });
});
