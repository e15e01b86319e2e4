/**
 * The model's contract: what one picture has to become to be the model's input, and what its output means. It is read or
 * asked for once, in the model folder, and then travels as it is: spec → package → store → target → endpoint → panel. Nobody
 * on the way adds a meaning of their own; what is not known is `assumed` or `unknown`, and is shown as such.
 */
export interface ModelContract {
  readonly input: ImageInput;
  readonly output: ClassOutput;
  /** Where each field comes from. A field that is not listed was said by the user. */
  readonly origins: Readonly<Partial<Record<ContractField, Origin>>>;
}

/** `input.mean`, `output.labels` …: the fields as `model-deck.yaml` names them. */
export type ContractField = `input.${keyof ImageInput}` | `output.${keyof ClassOutput}`;

/** Where a value was found. */
export type Origin =
  /** In a file beside the model, for example `preprocessor_config.json`. */
  | { readonly from: 'file'; readonly file: string }
  /** In the graph itself: names, element types, shapes, operators, metadata. */
  | { readonly from: 'graph' }
  /** The user said it. */
  | { readonly from: 'user' }
  /** Nobody said it; it is what most models of this kind take. Shown beside each prediction until somebody confirms it. */
  | { readonly from: 'assumed' };

/** How a picture becomes the input tensor. The steps run in the order of the fields from `colour` to `std`. */
export interface ImageInput {
  /** Name of the graph's input; left out where the runtime has only one. */
  readonly name?: string;
  readonly colour: Colour;
  /** First step, on the 8-bit picture, as Pillow does it (antialiased). */
  readonly resize: Resize;
  readonly interpolation: Interpolation;
  /** Then the middle is cut out, or padded with black; in pixels, the size of the tensor. */
  readonly width: number;
  readonly height: number;
  /** What the values 0 to 255 become before `mean` and `std`. */
  readonly range: ValueRange;
  /** Subtracted, per channel in the order of `colour`, in units of `range`: three numbers, or one for grey. */
  readonly mean: readonly number[];
  /** Divided by, likewise. */
  readonly std: readonly number[];
  readonly layout: 'NCHW' | 'NHWC';
  readonly type: 'float32' | 'float16' | 'uint8';
  /** Pictures in one tensor: as many as one likes, or exactly so many. */
  readonly batch: 'free' | number;
}

export type Colour = 'rgb' | 'bgr' | 'grey';
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';
export type ValueRange = '0..1' | '0..255' | '-1..1';

export type Resize =
  /** The shorter side gets this length, the longer one follows (torchvision `Resize(n)`, timm, Hugging Face `shortest_edge`). */
  | { readonly method: 'shorter-side'; readonly length: number }
  /** Both sides get their length, whatever the picture's proportions (squash). */
  | { readonly method: 'exact'; readonly width: number; readonly height: number }
  /** The whole picture fits inside `width` × `height`; the rest gets the grey value `fill` (0 to 255). */
  | { readonly method: 'letterbox'; readonly fill: number }
  | { readonly method: 'none' };

/** What the model's numbers mean. */
export interface ClassOutput {
  /** Name of the graph's output that holds the answer; left out where there is only one. */
  readonly name?: string;
  readonly meaning: OutputMeaning;
  /** What has still to be applied to the numbers to make probabilities of them. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
  /** How many numbers come for one picture. */
  readonly classes?: number;
  /** In the order of the numbers. For `binary`: the negative class, then the positive one, though there is one number only. */
  readonly labels?: readonly string[];
  /** From which probability on a label counts: one for all, or one per label. */
  readonly thresholds?: readonly number[];
  /** Index of the class that means "none of them". */
  readonly background?: number;
}

export type OutputMeaning =
  /** One of n: probabilities that sum to 1. */
  | 'single-label'
  /** Each label by itself. */
  | 'multi-label'
  /** One number, the probability of the positive class. */
  | 'binary'
  /** Nobody knows: numbers are shown as numbers. */
  | 'unknown';

/** How many channels a colour has. */
export function channelsOf(colour: Colour): 1 | 3 {
  return colour === 'grey' ? 1 : 3;
}

/** The sizes of one picture as the model takes it, without the batch. */
export function pictureShape({
  colour,
  width,
  height,
  layout,
}: Pick<ImageInput, 'colour' | 'width' | 'height' | 'layout'>): readonly [number, number, number] {
  const channels = channelsOf(colour);
  return layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
}

/** The fields that nobody has said or read, in the order of the contract; empty when everything is known. */
export function assumedFields({ origins }: ModelContract): readonly ContractField[] {
  return (Object.keys(origins) as ContractField[]).filter((field) => origins[field]?.from === 'assumed');
}
