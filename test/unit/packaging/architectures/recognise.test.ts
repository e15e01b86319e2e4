import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recogniseArchitecture } from '../../../../src/packaging/read/architectures/recognise.ts';
import { describeArchitecture } from '../../../../src/packaging/read/architectures/describe.ts';
import table from '../../../../src/packaging/read/architectures/torchvision.json' with { type: 'json' };
import type { NamedTensor } from '../../../../src/packaging/read/formats/stateDicts.ts';
import { reshaped, tensorsOf, torchvisionNames, withClasses, withPrefix } from './torchvisionTensors.ts';

const named = (keys: Readonly<Record<string, readonly number[]>>): readonly NamedTensor[] =>
  Object.entries(keys).map(([key, shape]) => ({ key, shape, type: 'float32' }));

describe('the network of a state_dict, by its keys and shapes', () => {
  it('is known for every classifier of torchvision that the table was made from', () => {
    assert.equal(torchvisionNames.length, 80);
    assert.deepEqual(table.models.map(({ name }) => name).sort(), [...torchvisionNames].sort());
  });

  for (const { name, head, stem } of table.models) {
    it(`is ${name} with 1000 classes, with 7, with none of the counters, in any order and behind any prefix`, () => {
      const tensors = tensorsOf(name);
      const found = recogniseArchitecture(tensors);
      assert.ok(found?.kind === 'torchvision');
      assert.deepEqual([found.name, found.classes, found.channels, found.prefix], [name, 1000, 3, '']);
      const fewer = withClasses(tensors, head, 7).filter(({ key }) => !key.endsWith('num_batches_tracked'));
      const alphabetical = [...fewer].sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const [prefix, expected] of [
        ['module.', 'module.'],
        ['_orig_mod.', ''],
        ['model.', 'model.'],
        ['module._orig_mod.', 'module.'],
        ['_orig_mod.module.', 'module.'],
        ['net.backbone.', 'net.backbone.'],
      ] as const) {
        const again = recogniseArchitecture(withPrefix(alphabetical, prefix));
        assert.ok(again?.kind === 'torchvision', prefix);
        assert.deepEqual([again.name, again.classes, again.prefix], [name, 7, expected]);
      }
      const grey = reshaped(tensors, ({ key, shape }) =>
        key === `${stem}.weight` ? [shape[0] ?? 0, 1, ...shape.slice(2)] : shape,
      );
      const ofGrey = recogniseArchitecture(grey);
      assert.ok(ofGrey?.kind === 'torchvision');
      assert.deepEqual([ofGrey.name, ofGrey.channels], [name, 1]);
    });

    it(`is not ${name} when one layer more or less is there, or one has another shape`, () => {
      const tensors = tensorsOf(name);
      const inner = tensors.findLast(
        ({ key, shape }) => key.endsWith('.weight') && shape.length > 1 && !key.startsWith(head.split('.')[0] ?? ''),
      );
      assert.ok(inner);
      const changes: readonly (readonly NamedTensor[])[] = [
        tensors.filter(({ key }) => key !== inner.key),
        [...tensors, { key: 'layer9.weight', shape: [3, 3], type: 'float32' }],
        reshaped(tensors, ({ key, shape }) => (key === inner.key ? [...shape, 2] : shape)),
      ];
      for (const changed of changes) assert.notEqual(recogniseArchitecture(changed)?.kind, 'torchvision');
    });
  }

  it('reads the size of the picture off the position embedding of a ViT', () => {
    const large = reshaped(tensorsOf('vit_b_16'), ({ key, shape }) =>
      key === 'encoder.pos_embedding' ? [1, 24 * 24 + 1, shape[2] ?? 0] : shape,
    );
    const found = recogniseArchitecture(large);
    assert.ok(found?.kind === 'torchvision');
    assert.deepEqual([found.name, found.imageSize, found.sizeIsFixed], ['vit_b_16', 384, true]);
    assert.match(describeArchitecture(found) ?? '', /vit_b_16 with 1000 classes, for pictures of 384 pixels/);
  });

  it('tells a square position embedding from one that no picture gives', () => {
    const odd = reshaped(tensorsOf('vit_b_16'), ({ key, shape }) =>
      key === 'encoder.pos_embedding' ? [1, 200, shape[2] ?? 0] : shape,
    );
    assert.equal(recogniseArchitecture(odd)?.kind, 'like-torchvision');
  });

  it('says whether the layers of training are there, and fit', () => {
    for (const name of ['inception_v3', 'googlenet']) {
      const tensors = tensorsOf(name);
      const auxiliary = (found = recogniseArchitecture(tensors)): boolean =>
        found?.kind === 'torchvision' && found.auxiliary;
      assert.equal(auxiliary(), true);
      const without = tensors.filter(({ key }) => !/^(AuxLogits|aux)/.test(key));
      assert.equal(auxiliary(recogniseArchitecture(without)), false);
      // Fine-tuned, but for the auxiliary layers: they stay out.
      const mixed = recogniseArchitecture(withClasses(tensors, 'fc', 5));
      assert.ok(mixed?.kind === 'torchvision');
      assert.deepEqual([mixed.name, mixed.classes, mixed.auxiliary], [name, 5, false]);
    }
  });

  it('knows the DenseNet of the old files, whose keys have a dot more', () => {
    const old = tensorsOf('densenet121').map((tensor) => ({
      ...tensor,
      key: tensor.key.replace(/(denselayer\d+\.(?:norm|conv))([12])/, '$1.$2'),
    }));
    assert.ok(old.some(({ key }) => key.includes('norm.1.weight')));
    const found = recogniseArchitecture(old);
    assert.ok(found?.kind === 'torchvision');
    assert.equal(found.name, 'densenet121');
  });

  it('knows the network of a Lightning module beside the weights of its loss', () => {
    const found = recogniseArchitecture([
      ...withPrefix(withClasses(tensorsOf('resnet18'), 'fc', 3), 'model.'),
      { key: 'criterion.weight', shape: [3], type: 'float32' },
    ]);
    assert.ok(found?.kind === 'torchvision');
    assert.deepEqual([found.name, found.classes, found.prefix], ['resnet18', 3, 'model.']);
  });

  it('finds the network where compile wrapped its layers one by one', () => {
    const wrapped = tensorsOf('resnet34').map((tensor) => ({
      ...tensor,
      key: tensor.key.replace(/^(layer\d)\./, '$1._orig_mod.'),
    }));
    const found = recogniseArchitecture(wrapped);
    assert.ok(found?.kind === 'torchvision');
    assert.equal(found.name, 'resnet34');
  });

  it('names the network whose last layers somebody replaced, and does not guess what lies between them', () => {
    const body = tensorsOf('resnet50').filter(({ key }) => !key.startsWith('fc.'));
    const found = recogniseArchitecture([
      ...body,
      ...named({ 'fc.0.weight': [256, 2048], 'fc.0.bias': [256], 'fc.3.weight': [4, 256], 'fc.3.bias': [4] }),
    ]);
    assert.ok(found?.kind === 'own-head');
    assert.equal(found.name, 'resnet50');
    assert.match(describeArchitecture(found) ?? '', /resnet50.*fc\.0\.weight \[256, 2048\], fc\.3\.weight \[4, 256\]/);
    const none = recogniseArchitecture(withPrefix(body, 'encoder.'));
    assert.ok(none?.kind === 'own-head');
    assert.deepEqual([none.name, none.head.length], ['resnet50', 0]);
  });

  const foreign: Readonly<Record<string, readonly [Readonly<Record<string, readonly number[]>>, RegExp]>> = {
    "Hugging Face's ResNet": [
      {
        'resnet.embedder.embedder.convolution.weight': [64, 3, 7, 7],
        'resnet.encoder.stages.0.layers.0.layer.0.convolution.weight': [64, 64, 1, 1],
        'classifier.1.weight': [2, 2048],
      },
      /Hugging Face's ResNetForImageClassification/,
    ],
    "Hugging Face's ViT": [
      {
        'vit.embeddings.cls_token': [1, 1, 768],
        'vit.embeddings.patch_embeddings.projection.weight': [768, 3, 16, 16],
        'classifier.weight': [2, 768],
      },
      /ViTForImageClassification/,
    ],
    "timm's ViT": [
      { 'patch_embed.proj.weight': [768, 3, 16, 16], 'blocks.0.attn.qkv.weight': [2304, 768], 'head.weight': [5, 768] },
      /timm's VisionTransformer/,
    ],
    "timm's ConvNeXt": [
      { 'stem.0.weight': [96, 3, 4, 4], 'stages.0.blocks.0.gamma': [96], 'head.fc.weight': [5, 768] },
      /timm's ConvNeXt/,
    ],
    'a YOLO classifier': [
      {
        'model.0.conv.weight': [16, 3, 3, 3],
        'model.1.conv.weight': [32, 16, 3, 3],
        'model.9.linear.weight': [5, 1280],
      },
      /ultralytics's YOLO/,
    ],
    "MONAI's DenseNet": [
      { 'features.conv0.weight': [64, 1, 7, 7], 'class_layers.out.weight': [2, 1024] },
      /monai's DenseNet/,
    ],
  };
  for (const [what, [keys, sentence]] of Object.entries(foreign)) {
    it(`names ${what}`, () => {
      assert.match(describeArchitecture(recogniseArchitecture(named(keys))) ?? '', sentence);
      const wrapped = withPrefix(named(keys), 'module.');
      assert.equal(recogniseArchitecture(wrapped)?.kind, 'foreign');
    });
  }

  it('names the family where layers are missing or have other shapes, as a ResNet for small pictures', () => {
    const small = reshaped(tensorsOf('resnet18'), ({ key, shape }) => (key === 'conv1.weight' ? [64, 3, 3, 3] : shape));
    for (const tensors of [small, withPrefix(small, 'module.'), small.filter((_, index) => index % 3 !== 1)]) {
      assert.match(
        describeArchitecture(recogniseArchitecture(tensors)) ?? '',
        /torchvision's ResNet, but it is none of/,
      );
    }
  });

  it('says nothing about a network of somebody', () => {
    const own = named({ 'conv.weight': [4, 3, 3, 3], 'fc.weight': [5, 4], 'fc.bias': [5] });
    assert.equal(recogniseArchitecture(own), undefined);
    assert.equal(recogniseArchitecture([]), undefined);
  });
});
