import {
  channelsOf,
  type ClassOutput,
  type Colour,
  type ContractField,
  type ImageInput,
  type ModelContract,
  type Origin,
  type OutputMeaning,
  type Resize,
  type ValueRange,
} from './modelContract.ts';

/** What is known of a contract, with the origins of what was read. */
export interface KnownContract {
  readonly input?: Partial<ImageInput>;
  readonly output?: Partial<ClassOutput>;
  readonly origins?: ModelContract['origins'];
  /** Of the graph's pictures: tells grey from colours where nobody says which colours. */
  readonly channels?: 1 | 3;
}

/** torchvision's numbers for its ImageNet models: sides in pixels, mean and deviation of R, G, B in 0..1. */
const imageNet = { resize: 256, crop: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/**
 * Fills in what nobody has said with what most models of the kind take, and marks it as assumed. This is the only place
 * where the product assumes anything about a model.
 */
export function completeContract(known: KnownContract): ModelContract {
  const origins: Partial<Record<ContractField, Origin>> = { ...known.origins };
  const assume = (field: ContractField): void => {
    origins[field] = { from: 'assumed' };
  };
  const input = completeInput(known.input ?? {}, known.channels, assume);
  const output = completeOutput(known.output ?? {}, assume);
  return { input, output, origins };
}

type Assume = (field: ContractField) => void;

function completeInput(known: Partial<ImageInput>, told: KnownContract['channels'], assume: Assume): ImageInput {
  const or = <Key extends keyof ImageInput>(key: Key, usual: ImageInput[Key]): ImageInput[Key] => {
    const value = known[key];
    if (value !== undefined) return value;
    assume(`input.${key}`);
    return usual;
  };
  const colour = or('colour', (told ?? known.mean?.length) === 1 ? 'grey' : 'rgb');
  const width = or('width', known.height ?? imageNet.crop);
  const height = or('height', width);
  const layout = or('layout', 'NCHW');
  const type = or('type', 'float32');
  const range = or('range', usualRange(known, layout, type));
  const { mean, std } = usualNormalisation(range, colour);
  const channels = channelsOf(colour);
  const read = { mean: perChannel(known.mean, channels), std: perChannel(known.std, channels) };
  // A mean without its deviation, or the other way round, means that this step is not done.
  if (read.mean === undefined) assume('input.mean');
  if (read.std === undefined) assume('input.std');
  const neutral = neutralLevels(channels);
  return {
    ...(known.name !== undefined && { name: known.name }),
    colour,
    resize: or('resize', usualResize(width, height, layout)),
    interpolation: or('interpolation', 'bilinear'),
    width,
    height,
    range,
    mean: read.mean ?? (read.std === undefined ? mean : neutral.mean),
    std: read.std ?? (read.mean === undefined ? std : neutral.std),
    layout,
    type,
    batch: or('batch', 'free'),
  };
}

/** Whole numbers are pixels as they are, and so is what Keras hands to a network in its own layout. */
function usualRange(known: Partial<ImageInput>, layout: ImageInput['layout'], type: ImageInput['type']): ValueRange {
  if (known.mean?.some((value) => value > 2) === true) return '0..255';
  if (known.mean !== undefined) return '0..1';
  return type === 'uint8' || layout === 'NHWC' ? '0..255' : '0..1';
}

function usualNormalisation(range: ValueRange, colour: Colour): Pick<ImageInput, 'mean' | 'std'> {
  if (range !== '0..1' || colour === 'grey') return neutralLevels(channelsOf(colour));
  const inOrder = (values: readonly number[]): readonly number[] => (colour === 'bgr' ? [...values].reverse() : values);
  return { mean: inOrder(imageNet.mean), std: inOrder(imageNet.std) };
}

/** Mean and deviation that change nothing. */
export function neutralLevels(channels: 1 | 3): Pick<ImageInput, 'mean' | 'std'> {
  return { mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) };
}

/** As many numbers as there are channels; undefined when the numbers cannot be meant for this picture. */
function perChannel(values: readonly number[] | undefined, channels: 1 | 3): readonly number[] | undefined {
  if (values === undefined || values.length === channels) return values;
  const [first] = values;
  return first !== undefined && values.every((value) => value === first)
    ? Array<number>(channels).fill(first)
    : undefined;
}

/** Keras loads a picture at the size of its network; torchvision and timm keep its proportions and cut out the middle. */
function usualResize(width: number, height: number, layout: ImageInput['layout']): Resize {
  if (width !== height || layout === 'NHWC') return { method: 'exact', width, height };
  return { method: 'shorter-side', length: Math.round((width * imageNet.resize) / imageNet.crop) };
}

function completeOutput(known: Partial<ClassOutput>, assume: Assume): ClassOutput {
  const meaning = known.meaning ?? usualMeaning(known);
  if (known.meaning === undefined) assume('output.meaning');
  if (known.activation === undefined) assume('output.activation');
  return { ...known, meaning, activation: known.activation ?? usualActivation(meaning) };
}

function usualMeaning({ activation, classes, labels }: Partial<ClassOutput>): OutputMeaning {
  // One number can be anything: a probability, a score, an age. Two labels for it say that it is a probability.
  if (classes === 1) return activation === 'sigmoid' || labels?.length === 2 ? 'binary' : 'unknown';
  return activation === 'sigmoid' ? 'multi-label' : 'single-label';
}

function usualActivation(meaning: OutputMeaning): ClassOutput['activation'] {
  switch (meaning) {
    case 'single-label':
      return 'softmax';
    case 'multi-label':
    case 'binary':
      return 'sigmoid';
    case 'unknown':
      return 'none';
  }
}
