import { channelsOf, type Colour, type ImageInput, type Resize } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ModelMetadata, TensorMetadata } from '../../kserve/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { knownContract } from './knownContract.ts';

/** What goes into the model: an image file as base64, or a tensor that is computed here. */
export type ModelInput = EncodedInput | TensorInput;

export interface EncodedInput {
  readonly kind: 'encoded';
  /** The V2 input, when the server names it. */
  readonly tensor?: TensorMetadata;
}

export interface TensorInput {
  readonly kind: 'tensor';
  /** Name, datatype and whole shape of the input, for example `[1, 3, 224, 224]`; the picture is repeated to fill a batch. */
  readonly tensor: TensorMetadata;
  /** How a picture becomes it. */
  readonly input: ImageInput;
  /** Whether the server is known to read tensors as bytes after the JSON; else they are numbers in it. */
  readonly asBytes?: boolean;
  /** Whether an output has 16-bit floats, which servers give as bytes only. */
  readonly answersBytes?: boolean;
  /** What was assumed, in one sentence; nothing when the package says it. */
  readonly note?: string;
}

/** As bytes where the server reads them so; 16-bit floats always, as JSON has none and servers refuse them there. */
export function goesAsBytes({ tensor, asBytes = false, answersBytes = false }: TensorInput): boolean {
  return asBytes || answersBytes || tensor.datatype === 'FP16';
}

/** How many times the picture is sent: a graph whose batch is fixed is given nothing less. */
export function copiesOf({ tensor, input }: TensorInput): number {
  const one = channelsOf(input.colour) * input.width * input.height;
  return tensor.shape.reduce((product, size) => product * size, 1) / one;
}

type Asked = Pick<Endpoint, 'modelName' | 'contract' | 'preprocessing'>;

/** ImageNet's mean and deviation in torchvision's order, which nearly every published classifier is trained with. */
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
/** torchvision resizes to this much more than it cuts out (256 for 224). */
const resizeRatio = 256 / 224;
/** Side of the crop where neither the server nor a package says it, in pixels. */
const usualCrop = 224;
/** Largest batch that is filled with one picture: what it computes is thrown away but for the first. */
const mostCopies = 32;
/** Largest side of a tensor that is sent as JSON, in pixels: already 20 MB of text. */
const maxCrop = 1024;

/** What a picture becomes for each of V2's datatypes; whole numbers hold its pixels. */
const pictureTypes: Readonly<Record<string, ImageInput['type']>> = {
  FP32: 'float32',
  FP64: 'float32',
  FP16: 'float16',
  ...Object.fromEntries(
    ['UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT16', 'INT32', 'INT64'].map((name) => [name, 'uint8'] as const),
  ),
};

/**
 * Chooses how to ask a model by its V2 metadata. Servers that list no inputs (TorchServe behind KServe's wrapper) and those
 * with a BYTES input take the image file; those with a numeric input of a picture's shape (Triton, OpenVINO) take a tensor, as
 * the model's contract says, and of several inputs the one that it names.
 * @throws ModelDeckError `unsupported` when the model takes no picture, or one that V2 cannot carry
 */
export function chooseModelInput(metadata: ModelMetadata | undefined, endpoint: Asked): ModelInput {
  const known = knownContract(endpoint)?.input;
  const inputs = metadata?.inputs ?? [];
  const [first] = inputs;
  if (first === undefined) return { kind: 'encoded' };
  const input = inputs.length === 1 ? first : inputs.find(({ name }) => name === known?.name);
  if (input === undefined || inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw unsupported(endpoint, `takes ${inputs.length} inputs (${names}), and an image is only one`);
  }
  if (input.datatype === 'BYTES') return { kind: 'encoded', tensor: { ...input, shape: input.shape.map(free(1)) } };
  if (input.datatype === 'BF16') throw unsupported(endpoint, 'takes BF16, which no picture is made of');
  const type = pictureTypes[input.datatype];
  if (type === undefined) throw noImage(endpoint, input);
  const answersBytes = (metadata?.outputs ?? []).some(({ datatype }) => datatype === 'FP16' || datatype === 'BF16');
  return { ...tensorInput(input, type, endpoint, known), ...(answersBytes && { answersBytes }) };
}

function tensorInput(
  input: TensorMetadata,
  type: ImageInput['type'],
  endpoint: Asked,
  known: ImageInput | undefined,
): TensorInput {
  const found = layoutOf(input, known);
  if (found === undefined) throw noImage(endpoint, input);
  const { layout, channels } = found;
  const batch = input.shape.slice(0, -3).map(free(1));
  const [pictures = 1] = batch;
  if (pictures < 1 || pictures > mostCopies) throw unsupported(endpoint, `takes ${pictures} images at once`);
  const { width, height } = sizeOf(input, layout, endpoint, known);
  const chosen = known
    ? { input: fitted({ ...known, layout, type }, width, height) }
    : assumed(width, height, layout, type, channels);
  return {
    kind: 'tensor',
    tensor: {
      name: input.name,
      datatype: input.datatype,
      shape: [...batch, ...(layout === 'NCHW' ? [channels, height, width] : [height, width, channels])],
    },
    ...chosen,
  };
}

/** The package's steps in the server's size, when that is another; pixels stay pixels where the server takes whole numbers. */
function fitted(known: ImageInput, width: number, height: number): ImageInput {
  const isWhole = known.type === 'uint8' && known.range !== '0..255';
  const channels = channelsOf(known.colour);
  return {
    ...known,
    width,
    height,
    resize: scaled(known, width, height),
    ...(isWhole && pixelValues(channels)),
  };
}

function scaled({ resize, width: from, height: fromHeight }: ImageInput, width: number, height: number): Resize {
  if (width === from && height === fromHeight) return resize;
  switch (resize.method) {
    case 'shorter-side': {
      const ratio = Math.min(width, height) / Math.min(from, fromHeight);
      return { method: 'shorter-side', length: Math.max(1, Math.round(resize.length * ratio)) };
    }
    case 'exact':
      return { method: 'exact', width, height };
    case 'letterbox':
    case 'none':
      return resize;
  }
}

/** What most models of this kind take, and the sentence that says so. */
function assumed(
  width: number,
  height: number,
  layout: ImageInput['layout'],
  type: ImageInput['type'],
  channels: 1 | 3,
): { readonly input: ImageInput; readonly note: string } {
  const isSquare = width === height;
  const length = Math.max(1, Math.round(width * resizeRatio));
  const resize: Resize = isSquare ? { method: 'shorter-side', length } : { method: 'exact', width, height };
  const colour: Colour = channels === 1 ? 'grey' : 'rgb';
  const isPixels = type === 'uint8';
  const values = isPixels ? pixelValues(channels) : usualValues(channels);
  const steps = isSquare ? `resize ${length}, crop ${width}` : `resized to ${width} × ${height}`;
  const said = isPixels
    ? `Preprocessed here (${steps}, pixels 0 to 255)`
    : channels === 3
      ? `Preprocessed here as for ImageNet (${steps}, its mean and deviation)`
      : `Preprocessed here (${steps}, grey from 0 to 1)`;
  return {
    input: { colour, resize, interpolation: 'bilinear', width, height, ...values, layout, type, batch: 'free' },
    note: `${said}: neither the server nor a package says how.`,
  };
}

function usualValues(channels: 1 | 3): Pick<ImageInput, 'range' | 'mean' | 'std'> {
  return channels === 3 ? { range: '0..1', ...imageNet } : { range: '0..1', mean: [0], std: [1] };
}

function pixelValues(channels: 1 | 3): Pick<ImageInput, 'range' | 'mean' | 'std'> {
  return { range: '0..255', mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) };
}

/** The size in pixels that the model takes: the server's, where it says one, else the package's. */
function sizeOf(
  { shape }: TensorMetadata,
  layout: ImageInput['layout'],
  endpoint: Asked,
  known: ImageInput | undefined,
): { readonly width: number; readonly height: number } {
  const [down = -1, across = -1] = layout === 'NCHW' ? shape.slice(-2) : shape.slice(-3, -1);
  const other = (size: number): number => (size === -1 ? usualCrop : size);
  const height = down === -1 ? (known?.height ?? other(across)) : down;
  const width = across === -1 ? (known?.width ?? other(down)) : across;
  if ([width, height].every((size) => size >= 1 && size <= maxCrop)) return { width, height };
  throw unsupported(endpoint, `takes images of ${width} × ${height} pixels; up to ${maxCrop} × ${maxCrop} are made`);
}

/** Where the channels are, and how many; by the package where the shape leaves it open. */
function layoutOf(
  { shape }: TensorMetadata,
  known: ImageInput | undefined,
): { readonly layout: ImageInput['layout']; readonly channels: 1 | 3 } | undefined {
  if (shape.length !== 3 && shape.length !== 4) return undefined;
  const [first, , last] = shape.slice(-3);
  const possible: readonly (1 | 3)[] = known ? [channelsOf(known.colour)] : [3, 1];
  for (const channels of possible) {
    if (first === channels && last !== channels) return { layout: 'NCHW', channels };
    if (last === channels && first !== channels) return { layout: 'NHWC', channels };
    const isOpen = [first, last].every((size) => size === -1 || size === channels);
    if (isOpen && known) return { layout: known.layout, channels };
  }
  return undefined;
}

function free(size: number): (dimension: number) => number {
  return (dimension) => (dimension === -1 ? size : dimension);
}

function noImage(endpoint: Asked, { name, datatype, shape }: TensorMetadata): ModelDeckError {
  return unsupported(endpoint, `takes no picture, but "${name}", ${datatype} [${shape.join(', ')}]`);
}

function unsupported({ modelName }: Asked, what: string): ModelDeckError {
  return new ModelDeckError('unsupported', `The model "${modelName}" ${what}.`, {
    remedy: 'Put a transformer in front of it that takes images, or ask it from a program of your own.',
  });
}
