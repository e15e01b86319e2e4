import { describeContract } from '../../contract/describeContract.ts';
import {
  channelsOf,
  type ClassOutput,
  type ContractField,
  type ImageInput,
  type ModelContract,
  type Resize,
} from '../../contract/modelContract.ts';
import type { TryControlView } from '../messages/tryMessages.ts';

/** Something that the user can change while a model is tried: one or more fields that are chosen together. */
interface TryControl {
  readonly id: string;
  readonly label: string;
  readonly fields: readonly ContractField[];
  readonly options: (contract: ModelContract) => readonly Option[];
}

interface Option {
  readonly id: string;
  readonly text: string;
  readonly input?: Partial<ImageInput>;
  readonly output?: Partial<ClassOutput>;
}

/** Stands for a value that is none of the presets. */
const asItIs = 'as-it-is';

const meanings: readonly Option[] = [
  meaning('single-softmax', 'One of the labels; softmax is applied', 'single-label', 'softmax'),
  meaning('single-none', 'One of the labels; probabilities already', 'single-label', 'none'),
  meaning('multi-sigmoid', 'Each label by itself; sigmoid is applied', 'multi-label', 'sigmoid'),
  meaning('multi-none', 'Each label by itself; probabilities already', 'multi-label', 'none'),
  meaning('binary-sigmoid', 'Yes or no; sigmoid is applied', 'binary', 'sigmoid'),
  meaning('binary-none', 'Yes or no; a probability already', 'binary', 'none'),
  meaning('unknown', 'Not known: show the numbers', 'unknown', 'none'),
];

const controls: readonly TryControl[] = [
  {
    id: 'colour',
    label: 'Colour',
    fields: ['input.colour'],
    options: () => [
      { id: 'rgb', text: 'Red, green, blue', input: { colour: 'rgb' } },
      { id: 'bgr', text: 'Blue, green, red', input: { colour: 'bgr' } },
      { id: 'grey', text: 'Grey, one channel', input: { colour: 'grey' } },
    ],
  },
  {
    id: 'values',
    label: 'Values, mean, deviation',
    fields: ['input.range', 'input.mean', 'input.std'],
    options: ({ input }) => normalisations(input),
  },
  {
    id: 'size',
    label: 'Size',
    fields: ['input.width', 'input.height'],
    options: () =>
      [128, 224, 256, 299, 384, 448, 512].map((side) => ({
        id: String(side),
        text: `${side} × ${side} pixels`,
        input: { width: side, height: side },
      })),
  },
  { id: 'resize', label: 'Resize', fields: ['input.resize'], options: ({ input }) => resizes(input) },
  {
    id: 'interpolation',
    label: 'Interpolation',
    fields: ['input.interpolation'],
    options: () =>
      (['bilinear', 'bicubic', 'lanczos', 'nearest'] as const).map((interpolation) => ({
        id: interpolation,
        text: `${interpolation.charAt(0).toUpperCase()}${interpolation.slice(1)}`,
        input: { interpolation },
      })),
  },
  {
    id: 'meaning',
    label: 'Meaning of the numbers',
    fields: ['output.meaning', 'output.activation'],
    options: () => meanings,
  },
];

/** The choices that the page offers, each with what is chosen; a value that is no preset is offered as it is. */
export function controlViews(contract: ModelContract): readonly TryControlView[] {
  const rows = new Map(describeContract(contract).map((row) => [row.field, row]));
  return controls.map(({ id, label, fields, options }) => {
    const offered = options(contract);
    const chosen = offered.find((option) => isChosen(option, contract));
    const own = fields.flatMap((field) => rows.get(field)?.value ?? []).join(' · ');
    return {
      id,
      label,
      isAssumed: fields.some((field) => rows.get(field)?.assumed === true),
      chosen: chosen?.id ?? asItIs,
      options: [
        ...(chosen === undefined ? [{ id: asItIs, text: own }] : []),
        ...offered.map((option) => ({ id: option.id, text: option.text })),
      ],
    };
  });
}

/**
 * The contract with one choice made; its fields then count as said by the user. What depends on a changed field follows it: a
 * grey picture has one mean, a square of another size another resize.
 */
export function withChoice(contract: ModelContract, id: string, optionId: string): ModelContract {
  const control = controls.find((known) => known.id === id);
  const option = control?.options(contract).find((known) => known.id === optionId);
  if (control === undefined || option === undefined) return contract;
  const fields: readonly string[] = control.fields;
  return {
    input: fitted({ ...contract.input, ...option.input }, contract.input),
    output: { ...contract.output, ...option.output },
    origins: Object.fromEntries(Object.entries(contract.origins).filter(([field]) => !fields.includes(field))),
  };
}

function fitted(input: ImageInput, before: ImageInput): ImageInput {
  const fit = (values: readonly number[]): readonly number[] => perChannel(values, input, before);
  return { ...input, mean: fit(input.mean), std: fit(input.std), resize: resizeFor(input, before) };
}

/** Numbers stay with their channel when red and blue change places; grey gets their average. */
function perChannel(values: readonly number[], { colour }: ImageInput, before: ImageInput): readonly number[] {
  const channels = channelsOf(colour);
  if (values.length === channels) return colour === before.colour ? values : values.toReversed();
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array<number>(channels).fill(Number(average.toPrecision(6)));
}

function resizeFor({ width, height, resize }: ImageInput, before: ImageInput): Resize {
  if (width === before.width && height === before.height) return resize;
  switch (resize.method) {
    case 'exact':
      return { ...resize, width, height };
    case 'shorter-side':
      return { ...resize, length: Math.round((resize.length * Math.min(width, height)) / shorter(before)) };
    case 'letterbox':
    case 'none':
      return resize;
  }
}

function shorter({ width, height }: ImageInput): number {
  return Math.min(width, height);
}

function isChosen({ input = {}, output = {} }: Option, contract: ModelContract): boolean {
  const holds = (wanted: object, found: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(wanted).every(([key, value]) => JSON.stringify(value) === JSON.stringify(found[key]));
  return holds(input, { ...contract.input }) && holds(output, { ...contract.output });
}

/** The usual ones: those of torchvision and timm, CLIP, Caffe, TensorFlow, and none. */
function normalisations({ colour }: ImageInput): readonly Option[] {
  const all = (value: number): readonly number[] => Array<number>(channelsOf(colour)).fill(value);
  const inOrder = (values: readonly number[]): readonly number[] => (colour === 'bgr' ? values.toReversed() : values);
  const plain = { mean: all(0), std: all(1) };
  const ofColours: readonly Option[] = [
    {
      id: 'imagenet',
      text: "0 to 1, ImageNet's mean and deviation",
      input: { range: '0..1', mean: inOrder([0.485, 0.456, 0.406]), std: inOrder([0.229, 0.224, 0.225]) },
    },
    {
      id: 'clip',
      text: "0 to 1, CLIP's mean and deviation",
      input: {
        range: '0..1',
        mean: inOrder([0.48145466, 0.4578275, 0.40821073]),
        std: inOrder([0.26862954, 0.26130258, 0.27577711]),
      },
    },
    {
      id: 'caffe',
      text: "0 to 255, Caffe's mean",
      input: { range: '0..255', mean: inOrder([123.68, 116.779, 103.939]), std: all(1) },
    },
  ];
  return [
    ...(colour === 'grey' ? [] : ofColours),
    { id: 'unit', text: '0 to 1', input: { range: '0..1', ...plain } },
    { id: 'half', text: '0 to 1, mean 0.5, deviation 0.5', input: { range: '0..1', mean: all(0.5), std: all(0.5) } },
    { id: 'signed', text: '-1 to 1', input: { range: '-1..1', ...plain } },
    { id: 'pixels', text: '0 to 255', input: { range: '0..255', ...plain } },
  ];
}

function resizes(input: ImageInput): readonly Option[] {
  const { width, height } = input;
  const side = shorter(input);
  return [
    shorterSide('shorter-larger', Math.round((side * 256) / 224)),
    shorterSide('shorter', side),
    {
      id: 'exact',
      text: `To ${width} × ${height} pixels, whatever the proportions`,
      input: { resize: { method: 'exact', width, height } },
    },
    letterbox('letterbox', 'grey', 114),
    letterbox('letterbox-black', 'black', 0),
    { id: 'none', text: 'Not resized; the middle is cut out', input: { resize: { method: 'none' } } },
  ];
}

function shorterSide(id: string, length: number): Option {
  const text = `Shorter side to ${length} pixels, then the middle`;
  return { id, text, input: { resize: { method: 'shorter-side', length } } };
}

function letterbox(id: string, rest: string, fill: number): Option {
  const text = `The whole picture fits inside; the rest is ${rest}`;
  return { id, text, input: { resize: { method: 'letterbox', fill } } };
}

function meaning(
  id: string,
  text: string,
  kind: ClassOutput['meaning'],
  activation: ClassOutput['activation'],
): Option {
  return { id, text, output: { meaning: kind, activation } };
}
