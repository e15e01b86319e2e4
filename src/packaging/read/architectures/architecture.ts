import type { NamedTensor } from '../formats/stateDicts.ts';

/** What the keys and shapes of a state_dict say about its network. */
export type Architecture = TorchvisionNetwork | OwnHead | ForeignNetwork | LikeTorchvision;

/** A classifier of torchvision, exactly: every key and shape is as torchvision makes it. */
export interface TorchvisionNetwork {
  readonly kind: 'torchvision';
  /** Name of the function that makes it, `torchvision.models.resnet18`. */
  readonly name: string;
  readonly classes: number;
  /** Of the picture: 3, or what the first layer was changed to. */
  readonly channels: number;
  /** Side of the pictures in pixels: what the position embedding fits where there is one, else what it was trained with first. */
  readonly imageSize: number;
  /** Whether `imageSize` stands in the weights. */
  readonly sizeIsFixed: boolean;
  /** Whether the layers are there that only training uses (googlenet, inception_v3). */
  readonly auxiliary: boolean;
  /** What stands in front of each key: `module.`, `_orig_mod.`, `model.` … */
  readonly prefix: string;
}

/** All layers of a network of torchvision but its last ones, which somebody replaced. */
export interface OwnHead {
  readonly kind: 'own-head';
  readonly name: string;
  readonly prefix: string;
  /** The layers that were put in, in the order of their keys. */
  readonly head: readonly NamedTensor[];
}

/** A network of a library that the stock image of TorchServe does not have. */
export interface ForeignNetwork {
  readonly kind: 'foreign';
  readonly library: 'transformers' | 'timm' | 'ultralytics' | 'monai' | 'efficientnet_pytorch';
  /** As the library names the family, `ViTForImageClassification`. */
  readonly family: string;
}

/** Layers named as in a family of torchvision, and yet none of its networks: changed, or not whole. */
export interface LikeTorchvision {
  readonly kind: 'like-torchvision';
  /** For example "ResNet". */
  readonly family: string;
}
