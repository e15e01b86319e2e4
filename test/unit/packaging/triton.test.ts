import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { onnxRuntimeOf } from '../../../src/packaging/kinds/triton/tritonImages.ts';
import { tritonPackages as triton } from '../../../src/packaging/kinds/triton/tritonPackages.ts';
import { NotTextFormat, readTextFormat, textOf as fieldOf } from '../../../src/packaging/kinds/triton/readConfig.ts';
import { folder, useModelFolders } from './checksFixtures.ts';
import { onnx, torchScriptZip, torchZip, pickles } from './detectFixtures.ts';
import { bytesOf, findings, made, pathsOf, put, textOf } from './serverKindFixtures.ts';

useModelFolders();

/** It says nothing of input and output. */
const silentSpec = { name: 'net', version: '1.0', weights: 'net.onnx', handler: 'model-deck:onnx-image-classifier' };

const stock = 'nvcr.io/nvidia/tritonserver:23.05-py3';

describe('a model repository for Triton', () => {
  it('has the graph, its configuration and its labels where Triton looks for them', async () => {
    const model = await made(triton, { 'net.onnx': onnx() });
    assert.deepEqual(pathsOf(model), [
      'model-deck-package.json',
      'net/1/model.onnx',
      'net/config.pbtxt',
      'net/labels.txt',
    ]);
    assert.equal(await textOf(model, 'net/labels.txt'), 'cat\ndog\nowl\n');
    assert.equal(
      await textOf(model, 'net/config.pbtxt'),
      `name: "net"
backend: "onnxruntime"
max_batch_size: 16
input [
  {
    name: "image"
    data_type: TYPE_FP32
    dims: [ 3, 224, 224 ]
  }
]
output [
  {
    name: "scores"
    data_type: TYPE_FP32
    dims: [ 3 ]
    label_filename: "labels.txt"
  }
]
dynamic_batching { }
`,
    );
    assert.deepEqual(await findings(triton), []);
  });

  it('says whole dimensions where the batch is fixed, and what the contract knows of free sides', async () => {
    const model = await made(triton, { 'net.onnx': onnx({ input: [1, 3, 'h', 'w'], output: [1, 3] }) });
    const config = await textOf(model, 'net/config.pbtxt');
    assert.match(config, /max_batch_size: 0\n/);
    assert.match(config, /dims: \[ 1, 3, 224, 224 \]/);
    assert.match(config, /dims: \[ 1, 3 \]/);
    assert.doesNotMatch(config, /dynamic_batching/);
  });

  it('makes a folder of a graph that keeps weights in other files', async () => {
    const model = await made(triton, { 'net.onnx': onnx({ externalFile: 'net.onnx.data' }), 'net.onnx.data': 'x' });
    assert.deepEqual(
      pathsOf(model).filter((file) => file.startsWith('net/1/')),
      ['net/1/model.onnx/model.onnx', 'net/1/model.onnx/net.onnx.data'],
    );
  });

  it('names tensors of TorchScript as its backend does, in the configuration and the contract', async () => {
    const model = await made(triton, { 'net.pt': torchScriptZip() }, { weights: 'net.pt' });
    const config = await textOf(model, 'net/config.pbtxt');
    assert.match(config, /backend: "pytorch"/);
    assert.match(config, /name: "INPUT__0"\n    data_type: TYPE_FP32\n    dims: \[ 3, 224, 224 \]/);
    assert.match(config, /name: "OUTPUT__0"\n    data_type: TYPE_FP32\n    dims: \[ 3 \]/);
    assert.deepEqual([model.contract?.input.name, model.contract?.output.name], ['INPUT__0', 'OUTPUT__0']);
    assert.ok(pathsOf(model).includes('net/1/model.pt'));
  });

  it('gives no labels to one number that stands for two classes', async () => {
    const graph = onnx({ output: ['batch', 1] });
    const output = { meaning: 'binary', labels: ['healthy', 'ill'] } as const;
    const model = await made(triton, { 'net.onnx': graph }, { output });
    assert.equal(pathsOf(model).includes('net/labels.txt'), false);
    assert.doesNotMatch(await textOf(model, 'net/config.pbtxt'), /label_filename/);
  });

  it('takes licences and other extra files along', async () => {
    const model = await made(triton, { 'net.onnx': onnx(), LICENSE: 'MIT' }, { extraFiles: ['LICENSE'] });
    assert.equal(await textOf(model, 'net/LICENSE'), 'MIT');
  });
});

describe('the versions of a graph for Triton', () => {
  it('are lowered where the operators allow, in one byte, and it is said', async () => {
    const graph = onnx({ irVersion: 10, opset: 17 });
    const model = await made(triton, { 'net.onnx': graph });
    const packaged = await bytesOf(model, 'net/1/model.onnx');
    assert.equal(packaged.length, graph.length);
    const changed = [...graph.keys()].filter((index) => graph[index] !== packaged[index]);
    assert.deepEqual(
      changed.map((index) => [graph[index], packaged[index]]),
      [[10, 9]],
    );
    assert.deepEqual(model.serves.onnx, { irVersion: 9, opset: 17 });
    assert.match((await findings(triton)).join(), /^warning onnx-ir-lowered .*IR version 10; the package says 9/);
    assert.deepEqual(triton.suits?.(model.serves, stock), []);
  });

  for (const [irVersion, opset, packagedIr] of [[7, 13, 7], [9, 19, 9], [13, 19, 9], [10, 21, 10], [13, 21, 10], [13, 23, 11]] as const) {
    it(`of IR ${irVersion} and opset ${opset} become IR ${packagedIr}`, async () => {
      const model = await made(triton, { 'net.onnx': onnx({ irVersion, opset }) });
      assert.deepEqual(model.serves.onnx, { irVersion: packagedIr, opset });
    });
  } // prettier-ignore

  it('that the image cannot load are refused with the image that can; without an image it is a warning', async () => {
    await put({ 'net.onnx': onnx({ irVersion: 10, opset: 21 }) });
    const [refusal = ''] = await findings(triton, {}, stock);
    assert.match(
      refusal,
      /^error triton-onnx-too-new .*opset 21; .*23\.05-py3 has ONNX Runtime 1\.15\.0, which loads up to opset 19/,
    );
    assert.match((await findings(triton)).join(), /^warning triton-onnx-too-new/);
    assert.deepEqual(await findings(triton, {}, 'nvcr.io/nvidia/tritonserver:24.05-py3'), []);
    const [warning = ''] = await findings(triton, {}, 'registry.local/triton:ours');
    assert.match(warning, /^warning triton-image-unknown/);
  });

  it('are held against the ONNX Runtime of the tag', () => {
    const versions = ['23.05-py3', '23.04-py3', '24.08-py3@sha256:12', '26.12-py3', 'latest', '19.01-py3'].map((tag) =>
      onnxRuntimeOf(`nvcr.io/nvidia/tritonserver:${tag}`),
    );
    assert.deepEqual(versions, ['1.15.0', '1.14.1', '1.19.0', '1.28.0', undefined, undefined]);
  });
});

describe('what Triton does not serve', () => {
  it('is refused in its words: a state_dict, code for TorchServe, a model of which nobody says what it takes', async () => {
    await put({ 'net.pth': torchZip(pickles.stateDict), 'net.onnx': onnx(), 'own.py': 'class A: pass\n' });
    const stateDict = await findings(triton, { weights: 'net.pth' });
    assert.match(stateDict.join('\n'), /error triton-needs-graph weights: net\.pth is a state_dict/);
    assert.match(
      (await findings(triton, { handler: 'own.py' })).join('\n'),
      /error handler-not-run .*own\.py is code for TorchServe/,
    );
    const silent = await triton.check({ folder, spec: silentSpec });
    assert.match(silent.map(({ message }) => message).join(), /input: Triton takes tensors, and nothing says how/);
  });
});

describe("a model repository of the user's own", () => {
  const config = `# by hand
name: "lungs"
platform: "onnxruntime_onnx"
max_batch_size: 8
input { name: "x" data_type: TYPE_UINT8 dims: [ 96, 64, 3 ] }
output [ { name: "y", data_type: TYPE_FP32, dims: 2, label_filename: "names.txt" } ]
instance_group [{ count: 2 kind: KIND_CPU }]
`;
  const files = {
    'lungs/config.pbtxt': config,
    'lungs/names.txt': 'clear\nshadow\n',
    'lungs/1/model.onnx': onnx(),
    'lungs/3/model.onnx': onnx({ irVersion: 10, opset: 21 }),
  };

  it('is recognised as a whole, by its model, and by its configuration', async () => {
    await put(files);
    for (const [where, isFolder] of [['', true], ['lungs', true], ['lungs/config.pbtxt', false]] as const) {
      assert.equal(await triton.recognises(path.join(folder, where), isFolder), true, where);
    } // prettier-ignore
    await put({ 'model-deck.yaml': 'name: x' });
    assert.equal(await triton.recognises(folder, true), false);
  });

  it('is taken as it is, with what its configuration says', async () => {
    await put(files);
    for (const where of ['', 'lungs', 'lungs/config.pbtxt']) {
      const model = await triton.adopt(path.join(folder, where), '/nowhere');
      assert.deepEqual([model.name, model.version, model.kind], ['lungs', '3', 'triton']);
      assert.deepEqual(pathsOf(model), Object.keys(files).sort());
      assert.equal(await textOf(model, 'lungs/config.pbtxt'), config);
      assert.deepEqual(model.serves.onnx, { irVersion: 10, opset: 21 });
      const { input, output, origins } = model.contract ?? assert.fail();
      assert.deepEqual(
        [input.name, input.type, input.layout, input.width, input.height, output.labels],
        ['x', 'uint8', 'NHWC', 64, 96, ['clear', 'shadow']],
      );
      assert.deepEqual(
        [origins['input.width'], origins['input.mean']?.from],
        [{ from: 'file', file: 'config.pbtxt' }, 'assumed'],
      );
    }
  });

  it('tells what Triton would refuse, and which of several models is not known', async () => {
    await put({ 'lungs/config.pbtxt': 'name: "heart"\n' });
    const { warnings } = await triton.read(folder);
    assert.match(
      warnings.join(' '),
      /names heart, and its folder is lungs: Triton refuses it.*no folder with a version/,
    );
    await put({ 'heart/config.pbtxt': 'name: "heart"\n' });
    await assert.rejects(triton.adopt(folder, '/nowhere'), {
      category: 'invalid-input',
      message: /several models, heart, lungs/,
    });
    await put({ 'both/config.pbtxt': 'name: "both" ensemble_scheduling { step [ ] }' });
    assert.equal((await triton.adopt(folder, '/nowhere')).name, 'both');
    await put({ 'both/config.pbtxt': 'name: "both" input [ {' });
    await assert.rejects(triton.adopt(folder, '/nowhere'), {
      category: 'invalid-input',
      message: /both\/config\.pbtxt cannot be read: it ends before/,
    });
  });

  it('has a configuration in any spelling of the text format', () => {
    const message = readTextFormat(
      `a: 'x' "y"; b < c: -1.5e3, > d [1, 2] e { key: "k" value: { string_value: "v\\n" } }`,
    );
    assert.deepEqual(
      [fieldOf(message, 'a'), message.get('d'), fieldOf(message, 'none')],
      ['xy', ['1', '2'], undefined],
    );
    for (const broken of ['a: "x', 'a: ', '} ', 'a { b: 1', 'a: [1', '{'.repeat(10), `${'a{'.repeat(99)}`]) {
      assert.throws(() => readTextFormat(broken), NotTextFormat, broken);
    }
  });
});
