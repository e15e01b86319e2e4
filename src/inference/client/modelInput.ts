import { ModelDeckError } from '../../foundation/error.ts';
import type { ModelMetadata, TensorMetadata } from '../../kserve/index.ts';
import type { Preprocessing } from '../../packaging/spec/modelSpec.ts';
import type { Endpoint } from '../endpoint.ts';

/** What goes into the model: an image file as base64, or a tensor that is computed here. */
export type ModelInput = EncodedInput | TensorInput;

export interface EncodedInput {
  readonly kind: 'encoded';
  /** The V2 input, when the server names it. */
  readonly tensor?: TensorMetadata;
}

export interface TensorInput {
  readonly kind: 'tensor';
  /** Name, datatype and whole shape of the input, for example `[1, 3, 224, 224]`. */
  readonly tensor: TensorMetadata;
  readonly preprocessing: Preprocessing;
  /** Whether the tensor holds normalised numbers or the pixels 0..255. */
  readonly values: 'normalised' | 'pixels';
  /** What was assumed, in one sentence; nothing when the package says it. */
  readonly note?: string;
}

/** ImageNet's mean and deviation in torchvision's order, which nearly every published classifier is trained with. */
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
/** torchvision resizes to this much more than it cuts out (256 for 224). */
const resizeRatio = 256 / 224;
/** Side of the crop where neither the server nor a package says it, in pixels. */
const usualCrop = 224;
/** Largest side of a tensor that is sent as JSON, in pixels: already 20 MB of text. */
const maxCrop = 1024;

const floats: ReadonlySet<string> = new Set(['FP32', 'FP64']);
const integers: ReadonlySet<string> = new Set(['UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT16', 'INT32', 'INT64']);

/**
 * Chooses how to ask a model by its V2 metadata. Servers that list no inputs (TorchServe behind KServe's wrapper) and those
 * with a BYTES input take the image file; those with one numeric input of a colour image's shape (Triton, OpenVINO) take a
 * tensor.
 * @throws ModelDeckError `unsupported` when the model takes no colour image, or one that JSON cannot carry
 */
export function chooseModelInput(
  metadata: ModelMetadata | undefined,
  endpoint: Pick<Endpoint, 'modelName' | 'preprocessing'>,
): ModelInput {
  const inputs = metadata?.inputs ?? [];
  const [input] = inputs;
  if (input === undefined) return { kind: 'encoded' };
  if (inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw unsupported(endpoint, `takes ${inputs.length} inputs (${names}), and an image is only one`);
  }
  if (input.datatype === 'BYTES') return { kind: 'encoded', tensor: { ...input, shape: input.shape.map(free(1)) } };
  if (input.datatype === 'FP16' || input.datatype === 'BF16') {
    throw unsupported(endpoint, `takes ${input.datatype}, which V2 cannot send as JSON`);
  }
  if (!floats.has(input.datatype) && !integers.has(input.datatype)) throw noImage(endpoint, input);
  return tensorInput(input, endpoint);
}

function tensorInput(input: TensorMetadata, endpoint: Pick<Endpoint, 'modelName' | 'preprocessing'>): TensorInput {
  const known = endpoint.preprocessing;
  const layout = layoutOf(input, known?.layout);
  if (layout === undefined) throw noImage(endpoint, input);
  const crop = cropOf(input, layout, endpoint);
  const batch = input.shape.slice(0, -3).map(free(1));
  if (batch.some((size) => size !== 1)) throw unsupported(endpoint, `takes ${batch.join()} images at once`);
  const values = floats.has(input.datatype) ? 'normalised' : 'pixels';
  const resize = Math.max(1, Math.round(known ? (known.resize * crop) / known.crop : crop * resizeRatio));
  const { mean, std } = known ?? imageNet;
  return {
    kind: 'tensor',
    tensor: {
      name: input.name,
      datatype: input.datatype,
      shape: [...batch, ...(layout === 'NCHW' ? [3, crop, crop] : [crop, crop, 3])],
    },
    preprocessing: { resize, crop, mean, std, layout },
    values,
    ...(!known && { note: assumption(resize, crop, values) }),
  };
}

/** The side of the square that the model takes, in pixels. */
function cropOf(
  { shape }: TensorMetadata,
  layout: Preprocessing['layout'],
  endpoint: Pick<Endpoint, 'modelName' | 'preprocessing'>,
): number {
  const sides = layout === 'NCHW' ? shape.slice(-2) : shape.slice(-3, -1);
  const crop = sides.find((size) => size !== -1) ?? endpoint.preprocessing?.crop ?? usualCrop;
  if (sides.every((size) => size === -1 || size === crop) && crop >= 1 && crop <= maxCrop) return crop;
  throw unsupported(endpoint, `takes images of ${sides.join(' × ')} pixels; squares of up to ${maxCrop} are made`);
}

/** Where the three colours are; by the package where the shape leaves it open. */
function layoutOf(
  { shape }: TensorMetadata,
  known: Preprocessing['layout'] | undefined,
): Preprocessing['layout'] | undefined {
  if (shape.length !== 3 && shape.length !== 4) return undefined;
  const [channels, , last] = shape.slice(-3);
  if (channels === 3 && last !== 3) return 'NCHW';
  if (last === 3 && channels !== 3) return 'NHWC';
  const isOpen = [channels, last].every((size) => size === -1 || size === 3);
  return isOpen ? known : undefined;
}

function free(size: number): (dimension: number) => number {
  return (dimension) => (dimension === -1 ? size : dimension);
}

function assumption(resize: number, crop: number, values: TensorInput['values']): string {
  const steps = `resize ${resize}, crop ${crop}`;
  return values === 'normalised'
    ? `Preprocessed here as for ImageNet (${steps}, its mean and deviation): neither the server nor a package says how.`
    : `Preprocessed here (${steps}, pixels 0 to 255): neither the server nor a package says how.`;
}

function noImage(endpoint: Pick<Endpoint, 'modelName'>, { name, datatype, shape }: TensorMetadata): ModelDeckError {
  return unsupported(endpoint, `takes no colour image, but "${name}", ${datatype} [${shape.join(', ')}]`);
}

function unsupported({ modelName }: Pick<Endpoint, 'modelName'>, what: string): ModelDeckError {
  return new ModelDeckError('unsupported', `The model "${modelName}" ${what}.`, {
    remedy: 'Put a transformer in front of it that takes images, or ask it from a program of your own.',
  });
}
