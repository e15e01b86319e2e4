import { isRecord } from '../foundation/json.ts';
import type { ClassOutput, ContractField, ImageInput, OutputMeaning, Resize } from './modelContract.ts';

/** One field of the contract: what it is called, what it may be, and its value in words. */
export interface FieldRule {
  readonly field: ContractField;
  /** As the panel shows it. */
  readonly label: string;
  /** What a value has to be, for example "a whole number from 1 to 16384"; the end of a sentence that begins with "is not". */
  readonly kind: string;
  readonly accepts: (value: unknown) => boolean;
  readonly words: (value: never) => string;
  /** A contract without it is none. */
  readonly required?: boolean;
}

/** Longest side of a picture that a model may ask for, in pixels. */
export const longestSide = 16384;

const isWhole = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && (value as readonly unknown[]).every(Number.isFinite);
const isChannels = (value: unknown): value is readonly number[] =>
  isNumbers(value) && (value.length === 1 || value.length === 3);
const oneOf =
  (...choices: readonly unknown[]) =>
  (value: unknown): boolean =>
    choices.includes(value);

const side = `a whole number of pixels from 1 to ${longestSide}`;
const meanings: Readonly<Record<OutputMeaning, string>> = {
  'single-label': 'one of the labels: probabilities that sum to 100%',
  'multi-label': 'each label by itself',
  binary: 'the probability of the positive class',
  unknown: 'not known: numbers are shown as numbers',
};
const activations: Readonly<Record<ClassOutput['activation'], string>> = {
  softmax: 'softmax is applied to the numbers',
  sigmoid: 'sigmoid is applied to each number',
  none: 'the numbers are used as they are',
};

/** Every field, in the order in which `model-deck.yaml`, the panel and the pages show them. */
export const contractFields: readonly FieldRule[] = [
  field<string>('input.name', 'Input', 'a name', isText, (name) => name),
  field<ImageInput['colour']>(
    'input.colour',
    'Colour',
    'rgb, bgr or grey',
    oneOf('rgb', 'bgr', 'grey'),
    (colour) => ({ rgb: 'red, green, blue', bgr: 'blue, green, red', grey: 'grey, one channel' })[colour],
    true,
  ),
  field<Resize>(
    'input.resize',
    'Resize',
    'a method (shorter-side, exact, letterbox, none) with its numbers',
    isResize,
    resizeWords,
    true,
  ),
  field<ImageInput['interpolation']>(
    'input.interpolation',
    'Interpolation',
    'nearest, bilinear, bicubic or lanczos',
    oneOf('nearest', 'bilinear', 'bicubic', 'lanczos'),
    (kind) => kind,
    true,
  ),
  field<number>('input.width', 'Width', side, (value) => isWhole(value, 1, longestSide), pixels, true),
  field<number>('input.height', 'Height', side, (value) => isWhole(value, 1, longestSide), pixels, true),
  field<string>(
    'input.range',
    'Values',
    '0..1, 0..255 or -1..1',
    oneOf('0..1', '0..255', '-1..1'),
    (range) => range.replace('..', ' to '),
    true,
  ),
  field<readonly number[]>('input.mean', 'Mean', 'a list of one or three numbers', isChannels, listed, true),
  field<readonly number[]>(
    'input.std',
    'Standard deviation',
    'a list of one or three numbers above 0',
    (value) => isChannels(value) && value.every((item) => item > 0),
    listed,
    true,
  ),
  field<string>('input.layout', 'Layout', 'NCHW or NHWC', oneOf('NCHW', 'NHWC'), (layout) => layout, true),
  field<string>(
    'input.type',
    'Type of numbers',
    'float32, float16 or uint8',
    oneOf('float32', 'float16', 'uint8'),
    (type) => type,
    true,
  ),
  field<ImageInput['batch']>(
    'input.batch',
    'Pictures at once',
    'free or a whole number',
    (value) => value === 'free' || isWhole(value, 1),
    (batch) => (batch === 'free' ? 'any number' : String(batch)),
    true,
  ),
  field<string>('output.name', 'Output', 'a name', isText, (name) => name),
  field<OutputMeaning>(
    'output.meaning',
    'Meaning',
    'single-label, multi-label, binary or unknown',
    (value) => typeof value === 'string' && Object.hasOwn(meanings, value),
    (meaning) => meanings[meaning],
    true,
  ),
  field<ClassOutput['activation']>(
    'output.activation',
    'Activation',
    'softmax, sigmoid or none',
    oneOf('softmax', 'sigmoid', 'none'),
    (activation) => activations[activation],
    true,
  ),
  field<number>(
    'output.classes',
    'Numbers per picture',
    'a whole number above 0',
    (value) => isWhole(value, 1),
    String,
  ),
  field<readonly string[]>(
    'output.labels',
    'Labels',
    'a list of texts',
    (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    (labels) =>
      labels.length > 5 ? `${labels.slice(0, 4).join(', ')} and ${labels.length - 4} more` : labels.join(', '),
  ),
  field<readonly number[]>('output.thresholds', 'Thresholds', 'a list of numbers', isNumbers, listed),
  field<number>(
    'output.background',
    'Background class',
    'the number of a class, from 0',
    (value) => isWhole(value, 0),
    (index) => `class ${index}`,
  ),
];

function field<T>(
  name: ContractField,
  label: string,
  kind: string,
  accepts: (value: unknown) => boolean,
  words: (value: T) => string,
  required = false,
): FieldRule {
  return { field: name, label, kind, accepts, words, required };
}

function isResize(value: unknown): value is Resize {
  if (!isRecord(value)) return false;
  const { method, length, width, height, fill } = value;
  switch (method) {
    case 'shorter-side':
      return isWhole(length, 1, longestSide);
    case 'exact':
      return isWhole(width, 1, longestSide) && isWhole(height, 1, longestSide);
    case 'letterbox':
      return isWhole(fill, 0, 255);
    default:
      return method === 'none';
  }
}

function resizeWords(resize: Resize): string {
  switch (resize.method) {
    case 'shorter-side':
      return `shorter side to ${resize.length} pixels, then the middle is cut out`;
    case 'exact':
      return `to ${resize.width} × ${resize.height} pixels, whatever the proportions`;
    case 'letterbox':
      return `the whole picture fits inside, the rest is filled with grey value ${resize.fill}`;
    case 'none':
      return 'not resized';
  }
}

function pixels(length: number): string {
  return `${length} pixels`;
}

function listed(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(6)))).join(', ');
}
