import type { NamedTensor } from '../formats/stateDicts.ts';
import type { ForeignNetwork } from './architecture.ts';

interface Sign {
  readonly library: ForeignNetwork['library'];
  readonly family: string;
  /** All of them occur at the beginning of a key. */
  readonly keys: readonly RegExp[];
}

/** Each model of transformers keeps its network under a name of its own, and the layer with the classes beside it. */
const transformers: readonly Sign[] = (
  [
    ['vit', 'ViTForImageClassification'],
    ['deit', 'DeiTForImageClassification'],
    ['beit', 'BeitForImageClassification'],
    ['dinov2', 'Dinov2ForImageClassification'],
    ['swin', 'SwinForImageClassification'],
    ['swinv2', 'Swinv2ForImageClassification'],
    ['resnet', 'ResNetForImageClassification'],
    ['regnet', 'RegNetForImageClassification'],
    ['convnext', 'ConvNextForImageClassification'],
    ['convnextv2', 'ConvNextV2ForImageClassification'],
    ['efficientnet', 'EfficientNetForImageClassification'],
    ['mobilenet_v1', 'MobileNetV1ForImageClassification'],
    ['mobilenet_v2', 'MobileNetV2ForImageClassification'],
    ['mobilevit', 'MobileViTForImageClassification'],
    ['mobilevitv2', 'MobileViTV2ForImageClassification'],
    ['segformer', 'SegformerForImageClassification'],
    ['pvt', 'PvtForImageClassification'],
    ['levit', 'LevitForImageClassification'],
    ['bit', 'BitForImageClassification'],
    ['cvt', 'CvtForImageClassification'],
    ['poolformer', 'PoolFormerForImageClassification'],
    ['focalnet', 'FocalNetForImageClassification'],
  ] as const
).map(([name, family]) => ({
  library: 'transformers',
  family,
  keys: [new RegExp(`^${name}\\.(embeddings?|embedder|conv_stem|encoder|patch_embeddings)\\.`)],
}));

const others: readonly Sign[] = [
  { library: 'timm', family: 'VisionTransformer', keys: [/^patch_embed\.proj\./, /^blocks\.0\.(attn|norm1)\./] },
  { library: 'timm', family: 'SwinTransformer', keys: [/^patch_embed\.proj\./, /^layers\.0\.blocks\.0\./] },
  { library: 'timm', family: 'EfficientNet or MobileNetV3', keys: [/^conv_stem\./, /^blocks\.0\.0\./] },
  { library: 'timm', family: 'ConvNeXt', keys: [/^stem\.0\./, /^stages\.0\.blocks\.0\./] },
  { library: 'timm', family: 'RegNet', keys: [/^stem\.conv\./, /^s1\.b1\./] },
  { library: 'timm', family: 'ResNetV2', keys: [/^stem\.conv\./, /^stages\.0\.blocks\.0\./] },
  { library: 'timm', family: 'MaxxVit', keys: [/^stem\.conv1\./, /^stages\.0\.blocks\.0\./] },
  { library: 'timm', family: 'ResNet with a deep stem', keys: [/^conv1\.0\./, /^layer1\.0\.conv1\./, /^fc\./] },
  { library: 'timm', family: 'VGG', keys: [/^features\.0\./, /^pre_logits\.fc1\./] },
  { library: 'ultralytics', family: 'YOLO', keys: [/^model\.0\.conv\./, /^model\.1\.conv\./] },
  { library: 'monai', family: 'DenseNet', keys: [/^features\.conv0\./, /^class_layers\.out\./] },
  { library: 'efficientnet_pytorch', family: 'EfficientNet', keys: [/^_conv_stem\./, /^_blocks\.0\./] },
];

/** The library whose names the keys bear; undefined where they say nothing. @param tensors with unwrapped keys */
export function recogniseForeign(tensors: readonly NamedTensor[]): ForeignNetwork | undefined {
  const keys = tensors.map(({ key }) => key.replace(/^module\./, ''));
  const found = [...transformers, ...others].find((sign) =>
    sign.keys.every((pattern) => keys.some((key) => pattern.test(key))),
  );
  return found && { kind: 'foreign', library: found.library, family: found.family };
}
