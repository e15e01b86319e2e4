import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPackage } from '../../../src/packaging/index.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import type { Files } from '../writeFiles.ts';
import { folder, found, useModelFolders } from './checksFixtures.ts';
import { lfsPointer, onnx } from './detectFixtures.ts';

useModelFolders();

async function suggested(files: Files): Promise<ModelSpec> {
  const { suggestion, weights } = await found(files);
  assert.ok(suggestion, weights.map(({ explanation }) => explanation).join(' '));
  return suggestion;
}

/** A key and a value of a graph's metadata_props, to be put behind the graph. */
function metadata(key: string, value: string): Buffer {
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  return field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]));
}

const three = ['cat', 'dog', 'owl'];

describe('a graph in a folder', () => {
  it('whose weights lie in a file beside it, as PyTorch 2.9 writes by default, packages', async () => {
    const spec = await suggested({ 'm.onnx': onnx({ externalFile: 'm.onnx.data' }), 'm.onnx.data': 'x' });
    assert.deepEqual(await checkPackage({ folder, spec }), []);
  });

  it('whose weights lie in a sub-folder packages without a hint', async () => {
    const spec = await suggested({ 'm.onnx': onnx({ externalFile: 'weights/m.data' }), 'weights/m.data': 'x' });
    assert.deepEqual(await checkPackage({ folder, spec }), []);
  });

  it('whose weights are a git-lfs pointer is refused with "git lfs pull"', async () => {
    const spec = await suggested({
      'm.onnx': onnx({ externalFile: 'm.data', externalBytes: 4096 }),
      'm.data': lfsPointer(4096),
    });
    const findings = await checkPackage({ folder, spec });
    assert.match(findings.map(({ message, remedy }) => `${message} ${remedy}`).join(' '), /git lfs pull/);
  });

  it('with one channel is served grey', async () => {
    const { input } = await suggested({ 'm.onnx': onnx({ input: [1, 1, 224, 224] }) });
    assert.equal(input?.colour, 'grey');
  });

  it('with pictures that are not square keeps both sides', async () => {
    const { input, origins } = await suggested({ 'm.onnx': onnx({ input: [1, 3, 224, 320] }) });
    assert.deepEqual([input?.height, input?.width, origins?.['input.width']], [224, 320, 'graph']);
  });

  it('that ends with fourteen sigmoids is multi-label, and no softmax is laid over it', async () => {
    const { output } = await suggested({ 'm.onnx': onnx({ output: ['n', 14], lastOperator: 'Sigmoid' }) });
    assert.deepEqual([output?.meaning, output?.activation], ['multi-label', 'none']);
  });

  it('that ends with one sigmoid is binary, with two labels too', async () => {
    const files = {
      'm.onnx': onnx({ output: ['n', 1], lastOperator: 'Sigmoid' }),
      'labels.txt': 'normal\npneumonia\n',
    };
    const spec = await suggested(files);
    assert.deepEqual([spec.output?.meaning, spec.output?.activation], ['binary', 'none']);
    assert.deepEqual(await checkPackage({ folder, spec }), []);
  });

  it('that ends with a softmax keeps its probabilities', async () => {
    const { output } = await suggested({ 'm.onnx': onnx({ lastOperator: 'Softmax' }) });
    assert.deepEqual([output?.meaning, output?.activation], ['single-label', 'none']);
  });

  it('that finds objects is refused by name', async () => {
    const { suggestion, weights } = await found({ 'm.onnx': onnx({ input: [1, 3, 640, 640], output: [1, 84, 8400] }) });
    assert.equal(suggestion, undefined);
    assert.match(weights[0]?.explanation ?? '', /detector|detection|objects/);
  });

  it("takes size, mean and labels from Hugging Face's files, with their names", async () => {
    const config = { architectures: ['ViTForImageClassification'], id2label: { 0: 'cat', 1: 'dog', 2: 'owl' } };
    const processor = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size: { height: 384, width: 384 } };
    const { input, origins, labels } = await suggested({
      'm.onnx': onnx({ input: ['n', 3, 'h', 'w'] }),
      'config.json': JSON.stringify(config),
      'preprocessor_config.json': JSON.stringify(processor),
    });
    assert.deepEqual([input?.width, input?.mean, labels], [384, [0.5, 0.5, 0.5], 'config.json']);
    assert.equal(origins?.['input.mean'], 'preprocessor_config.json');
  });

  it("takes mean and labels from timm's config.json", async () => {
    const config = {
      architecture: 'vit',
      label_names: three,
      pretrained_cfg: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], input_size: [3, 224, 224] },
    };
    const { input, labels } = await suggested({ 'm.onnx': onnx(), 'config.json': JSON.stringify(config) });
    assert.deepEqual([input?.mean, labels], [[0.5, 0.5, 0.5], 'config.json']);
  });

  it('of Ultralytics takes size and names from its own metadata, and changes no pixel value', async () => {
    const said = [
      metadata('author', 'Ultralytics'),
      metadata('task', 'classify'),
      metadata('imgsz', '[96, 96]'),
      metadata('names', "{0: 'cat', 1: 'dog', 2: 'owl'}"),
    ];
    const graph = onnx({ input: [1, 3, 96, 96], lastOperator: 'Softmax' });
    const { input, labels } = await suggested({ 'm.onnx': Buffer.concat([graph, ...said]) });
    assert.deepEqual([input?.width, input?.mean, input?.std, labels], [96, [0, 0, 0], [1, 1, 1], 'm.onnx']);
  });

  it('that is the second one of a folder has a suggestion of its own', async () => {
    const { suggestions } = await found({
      'a224.onnx': onnx(),
      'b384.onnx': onnx({ input: [1, 384, 384, 3], lastOperator: 'Softmax' }),
    });
    assert.deepEqual(
      Object.entries(suggestions).map(([file, { spec }]) => [file, spec.input?.width, spec.input?.layout]),
      [
        ['a224.onnx', 224, 'NCHW'],
        ['b384.onnx', 384, 'NHWC'],
      ],
    );
  });
});

describe('labels beside a graph are offered in every usual shape', () => {
  const shapes: Readonly<Record<string, string>> = {
    'labels.txt': three.join('\n'),
    'classes.txt': three.map((label, index) => `${index} ${label}`).join('\n'),
    'imagenet_class_index.json': JSON.stringify({ 0: ['n1', 'cat'], 1: ['n2', 'dog'], 2: ['n3', 'owl'] }),
    'labels.json': JSON.stringify(three),
    'class_names.json': JSON.stringify(three),
    'class_to_idx.json': JSON.stringify({ cat: 0, dog: 1, owl: 2 }),
    'data.yaml': `nc: 3\nnames: [${three.join(', ')}]\n`,
  };
  for (const [name, content] of Object.entries(shapes)) {
    it(name, async () => {
      const spec = await suggested({ 'm.onnx': onnx(), [name]: content });
      assert.equal(spec.labels, name);
      assert.deepEqual(await checkPackage({ folder, spec }), []);
    });
  }
});
