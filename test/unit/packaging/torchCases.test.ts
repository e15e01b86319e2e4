import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { checkPackage, packageModel, readEntry } from '../../../src/packaging/index.ts';
import type { Finding } from '../../../src/packaging/read/detection.ts';
import type { NamedTensor } from '../../../src/packaging/read/formats/stateDicts.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import type { Files } from '../writeFiles.ts';
import { tensorsOf, withClasses, withPrefix } from './architectures/torchvisionTensors.ts';
import { folder, found, laidOver, useModelFolders, type SpecChange } from './checksFixtures.ts';
import { torchScriptZip } from './detectFixtures.ts';
import { checkpointFile, foreignObject, pickledDict, safetensorsFile, stateDictFile } from './torchFixtures.ts';

useModelFolders();

const net = (classes: number): string => `import torch.nn as nn


class Net(nn.Module):
    def __init__(self, classes=${classes}):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, classes)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))
`;
const small: readonly NamedTensor[] = [
  { key: 'conv.weight', shape: [4, 3, 3, 3], type: 'float32' },
  { key: 'conv.bias', shape: [4], type: 'float32' },
  { key: 'fc.weight', shape: [5, 4], type: 'float32' },
  { key: 'fc.bias', shape: [5], type: 'float32' },
];
const builtIn: SpecChange = {
  handler: 'image_classifier',
  input: undefined,
  output: undefined,
  origins: undefined,
};

async function findings(files: Files, change: SpecChange = {}): Promise<readonly Finding[]> {
  const { suggestion } = await found(files);
  assert.ok(suggestion, 'the folder can be packaged');
  return checkPackage({ folder, spec: laidOver(suggestion, change) });
}

describe('weights of PyTorch with a class of the user', () => {
  const saved: Readonly<Record<string, readonly [string, Buffer]>> = {
    'as they are': ['model.pth', stateDictFile(small)],
    'behind module., as DataParallel saves them': ['model.pth', stateDictFile(withPrefix(small, 'module.'))],
    'behind _orig_mod., as torch.compile saves them': ['model.pth', stateDictFile(withPrefix(small, '_orig_mod.'))],
    'in a checkpoint of Lightning': [
      'epoch=9.ckpt',
      checkpointFile({ state_dict: pickledDict(withPrefix(small, 'model.')) }),
    ],
    'in a checkpoint, as model_state_dict': [
      'checkpoint.pth.tar',
      checkpointFile({ epoch: 'K\x03', model_state_dict: pickledDict(small) }),
    ],
    'beside an object of another class': [
      'model_best.pth.tar',
      checkpointFile({ args: foreignObject, state_dict: pickledDict(small) }),
    ],
    'as safetensors': ['model.safetensors', safetensorsFile(small)],
  };
  for (const [how, [name, content]] of Object.entries(saved)) {
    it(`are packaged without a question: ${how}`, async () => {
      assert.deepEqual(await findings({ [name]: content, 'model.py': net(5) }), []);
    });
  }

  for (const prefix of ['module.', '_orig_mod.', 'model.']) {
    it(`are refused for image_classifier when their keys begin with ${prefix}`, async () => {
      const [finding, ...more] = await findings(
        { 'model.pth': stateDictFile(withPrefix(small, prefix)), 'model.py': net(5) },
        builtIn,
      );
      assert.deepEqual([finding?.code, more], ['state-dict-prefix', []]);
      assert.match(finding?.laterMessage ?? '', /Missing key.*"conv\.weight".*Unexpected key/);
    });
  }

  it('are refused with the line of the layer that has another number of classes', async () => {
    for (const change of [{}, builtIn]) {
      const [finding, ...more] = await findings({ 'model.pth': stateDictFile(small), 'model.py': net(7) }, change);
      assert.deepEqual([finding?.code, finding?.location?.line, more], ['state-dict-other-shapes', 7, []]);
      assert.match(finding?.message ?? '', /\[7, 4\].*\[5, 4\]: 5 outputs, not 7/);
    }
  });

  it('are refused when they are those of another class', async () => {
    const other = small.map((tensor) => ({ ...tensor, key: tensor.key.replace('fc', 'head') }));
    const [finding] = await findings({ 'model.pth': stateDictFile(other), 'model.py': net(5) });
    assert.equal(finding?.code, 'state-dict-other-keys');
    assert.match(finding?.message ?? '', /head\.weight, head\.bias.*nothing for fc/);
  });

  it('are not complained of where the text does not tell what the class makes', async () => {
    const hidden = net(7).replace('self.conv =', "self.add_module('conv2', nn.Identity())\n        self.conv =");
    assert.deepEqual(await findings({ 'model.pth': stateDictFile(small), 'model.py': hidden }), []);
    const derived = net(7).replace('(nn.Module)', '(Base)');
    assert.deepEqual(await findings({ 'model.pth': stateDictFile(small), 'model.py': derived }), []);
  });

  it('have more classes than their labels name: said with the line behind which they are missing', async () => {
    const names = '{\n  "0": "a",\n  "1": "b",\n  "2": "c"\n}\n';
    const sequential = net(5).replace(
      'self.fc = nn.Linear(4, classes)',
      'self.fc = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, classes))',
    );
    const layers = small.flatMap((tensor) =>
      tensor.key.startsWith('fc.') ? [{ ...tensor, key: tensor.key.replace('fc.', 'fc.1.') }] : [tensor],
    );
    const kinds: readonly Files[] = [
      { 'model.pth': stateDictFile(small), 'model.py': net(5) },
      { 'model.pth': stateDictFile(layers), 'model.py': sequential },
      { 'model.safetensors': safetensorsFile(small), 'model.py': net(5) },
      { 'model.ckpt': checkpointFile({ state_dict: pickledDict(withPrefix(small, 'model.')) }), 'model.py': net(5) },
      { 'model.pth': stateDictFile(withClasses(tensorsOf('resnet18'), 'fc', 5)) },
    ];
    for (const files of kinds) {
      await rm(folder, { recursive: true });
      const { suggestion } = await found({ ...files, 'index_to_name.json': names });
      assert.ok(suggestion);
      assert.equal(suggestion.output?.classes, 5, Object.keys(files).join());
      const [finding, ...more] = await checkPackage({ folder, spec: suggestion });
      assert.deepEqual([finding?.code, finding?.location?.line, more], ['labels-missing-classes', 3, []]);
      assert.match(finding?.message ?? '', /no label for class 3, 4, and the model has 5 classes/);
    }
  });

  it('have fewer classes than their labels name: said with the line of the first one too many', async () => {
    const names = 'a\nb\nc\nd\ne\nf\n';
    const [finding] = await findings({ 'model.pth': stateDictFile(small), 'model.py': net(5), 'labels.txt': names });
    assert.deepEqual([finding?.code, finding?.location?.line], ['labels-beyond-classes', 5]);
  });

  it('have two classes: served by the generated handler, refused for image_classifier', async () => {
    const pair = withClasses(small, 'fc', 2);
    assert.deepEqual(await findings({ 'model.pth': stateDictFile(pair), 'model.py': net(2) }), []);
    const [finding, ...more] = await findings({ 'model.pth': stateDictFile(pair), 'model.py': net(2) }, builtIn);
    assert.deepEqual([finding?.code, more], ['fewer-than-five-classes', []]);
  });

  it('may lie beside a class with helpers, as TorchServe itself does not take it', async () => {
    const helpers = `${net(5)}\n\nclass Block(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n`;
    assert.deepEqual(await findings({ 'model.pth': stateDictFile(small), 'model.py': helpers }), []);
  });

  it('are told when image_classifier would not read their preprocessing', async () => {
    const preprocessing = {
      resize: 384,
      crop: 384,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      layout: 'NCHW',
    } as const;
    const [finding] = await findings(
      { 'model.pth': stateDictFile(small), 'model.py': net(5) },
      { ...builtIn, preprocessing },
    );
    assert.deepEqual([finding?.code, finding?.severity], ['contract-not-used', 'warning']);
  });

  it('have a handler that is named as a class, which TorchServe would call as a function', async () => {
    const handler =
      'from ts.torch_handler.image_classifier import ImageClassifier\n\n\nclass Mine(ImageClassifier):\n    pass\n';
    const files = { 'model.pth': stateDictFile(small), 'model.py': net(5), 'handler.py': handler };
    const [finding] = await findings(files, { handler: 'handler.py:Mine' });
    assert.equal(finding?.code, 'handler-names-class');
    assert.match(finding.message, /Mine in handler\.py, line 4, is a class/);
    assert.match(finding.remedy, /handler\.py without :Mine/);
    const function_ = 'def answer(data, context):\n    return data\n';
    const files2 = { ...files, 'handler.py': function_ };
    assert.deepEqual(await findings(files2, { handler: 'handler.py:answer' }), []);
  });

  it("have labels as a JSON list, which TorchServe's own handler gets by class number", async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const files = {
      'model.pth': stateDictFile(small),
      'model.py': net(5),
      'index_to_name.json': JSON.stringify(names),
    };
    const { suggestion } = await found(files);
    const { name, version, weights, modelFile, labels } = suggestion ?? assert.fail();
    const spec = { name, version, weights, modelFile, labels, handler: 'image_classifier' } as ModelSpec;
    assert.deepEqual(await checkPackage({ folder, spec }), []);
    const { path: archive } = await packageModel({ folder, spec, outputFolder: path.join(folder, 'package') });
    const content = Buffer.from(await readEntry(archive, 'index_to_name.json', 10_000)).toString();
    assert.deepEqual(JSON.parse(content), { ...names });
  });

  it('have a class that derives from one called a classifier: a network, not a handler', async () => {
    const model =
      'from base import BaseClassifier\n\n\nclass Net(BaseClassifier):\n    def __init__(self):\n        super().__init__()\n';
    const base =
      'import torch.nn as nn\n\n\nclass BaseClassifier(nn.Module):\n    def forward(self, x):\n        return x\n';
    const { suggestion, candidates } = await found({
      'model.pth': stateDictFile(small),
      'model.py': model,
      'base.py': base,
    });
    assert.deepEqual([suggestion?.modelFile, candidates.handlers], ['model.py', []]);
  });
});

const huggingFaceFiles: Files = {
  'config.json': JSON.stringify({
    architectures: ['ResNetForImageClassification'],
    id2label: { 0: 'NORMAL', 1: 'PNEUMONIA' },
    model_type: 'resnet',
  }),
  'preprocessor_config.json': JSON.stringify({
    image_processor_type: 'ViTImageProcessor',
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    resample: 2,
    size: { height: 384, width: 384 },
  }),
};

describe('weights of PyTorch beside what Hugging Face writes', () => {
  it('take what its files say of pictures and classes', async () => {
    const { suggestion } = await found({
      'model.safetensors': safetensorsFile(withClasses(tensorsOf('resnet18'), 'fc', 2)),
      ...huggingFaceFiles,
    });
    assert.deepEqual([suggestion?.input?.width, suggestion?.input?.mean], [384, [0.5, 0.5, 0.5]]);
    assert.equal(suggestion?.origins?.['input.mean'], 'preprocessor_config.json');
    assert.equal(suggestion.origins['output.classes'], 'model.safetensors');
    assert.equal(suggestion.labels, 'config.json');
    assert.deepEqual(await checkPackage({ folder, spec: suggestion }), []);
  });

  it('go with them into the package of an own handler, which makes the network from them', async () => {
    const { suggestion } = await found({
      'model.safetensors': safetensorsFile(small),
      ...huggingFaceFiles,
      'requirements.txt': 'transformers==4.56.0\n',
      'handler.py':
        'from ts.torch_handler.base_handler import BaseHandler\n\n\nclass ViT(BaseHandler):\n    def initialize(self, context):\n        pass\n',
    });
    assert.deepEqual(
      [suggestion?.handler, suggestion?.extraFiles, suggestion?.requirements],
      ['handler.py', ['config.json', 'preprocessor_config.json'], 'requirements.txt'],
    );
    assert.deepEqual(await checkPackage({ folder, spec: suggestion as ModelSpec }), []);
  });
});

describe('weights of PyTorch alone in a folder', () => {
  it('are served as the network of torchvision whose keys they have', async () => {
    const tensors = withClasses(tensorsOf('resnet18'), 'fc', 5);
    const { suggestion } = await found({ 'model.pth': stateDictFile(tensors) });
    assert.deepEqual(suggestion?.architecture, { name: 'resnet18', classes: 5 });
    assert.equal(suggestion.handler, 'model-deck:image-classifier');
    assert.equal(suggestion.output?.classes, 5);
    assert.equal(suggestion.origins?.['output.classes'], 'model.pth');
    assert.equal(suggestion.origins['input.mean'], 'assumed');
    assert.deepEqual(await checkPackage({ folder, spec: suggestion }), []);
  });

  it('are refused for another number of classes, or another network, than they have', async () => {
    const files = { 'model.pth': stateDictFile(withClasses(tensorsOf('resnet18'), 'fc', 5)) };
    const [classes] = await findings(files, { architecture: { name: 'resnet18', classes: 7 } });
    assert.deepEqual([classes?.code, classes?.remedy], ['architecture-other-weights', 'Write classes: 5.']);
    const [name] = await findings(files, { architecture: { name: 'resnet34', classes: 5 } });
    assert.deepEqual([name?.code, name?.remedy], ['architecture-other-weights', 'Write name: resnet18.']);
  });

  it("are told to be Hugging Face's, with the way to ONNX, before a question is asked and by the check", async () => {
    const vit: readonly NamedTensor[] = [
      { key: 'vit.embeddings.patch_embeddings.projection.weight', shape: [8, 3, 2, 2], type: 'float32' },
      { key: 'classifier.weight', shape: [2, 8], type: 'float32' },
    ];
    const { suggestion, weights } = await found({ 'model.safetensors': safetensorsFile(vit) });
    assert.equal(suggestion, undefined);
    assert.match(weights[0]?.explanation ?? '', /ViTForImageClassification.*optimum-cli export onnx --model \. /);
    const spec = { name: 'vit', version: '1', weights: 'model.safetensors', handler: 'model-deck:image-classifier' };
    const [finding] = await checkPackage({ folder, spec });
    assert.equal(finding?.code, 'state-dict-without-model-file');
    assert.match(finding.remedy, /optimum-cli export onnx --model \. /);
  });

  it('are stored as .pt when they are TorchScript, whatever their ending, and no file is to be renamed', async () => {
    for (const name of ['model.pth', 'model.ts', 'best.torchscript']) {
      assert.deepEqual(await findings({ [name]: torchScriptZip() }, { weights: name }), [], name);
    }
  });
});
