import { ModelDeckError } from '../foundation/error.ts';
import { isRecord } from '../foundation/json.ts';
import type { ContractField, ModelContract, Origin } from './modelContract.ts';

/** The `preprocessing` block and `preprocessing.json` of Model Deck 1.0: a square RGB picture of 32-bit floats. */
export interface Preprocessing {
  /** Length of the shorter side after an antialiased bilinear resize, in pixels (torchvision `Resize(n)`). */
  readonly resize: number;
  /** Side of the square cut from the middle, in pixels (torchvision `CenterCrop(n)`). */
  readonly crop: number;
  /** Per channel R, G, B, in units of a pixel scaled to 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly layout: 'NCHW' | 'NHWC';
  /** Name of the graph's input; the graph's first input when left out. */
  readonly inputName?: string;
  /** What the first output holds. `logits` get a softmax. */
  readonly output?: 'logits' | 'probabilities';
}

const assumed: Origin = { from: 'assumed' };

/**
 * The contract that an old block says. What it could not say at all, for example that the labels exclude each other, is
 * assumed.
 */
export function fromPreprocessing(old: Preprocessing): ModelContract {
  const origins: Partial<Record<ContractField, Origin>> = { 'output.meaning': assumed };
  if (old.output === undefined) origins['output.activation'] = assumed;
  return {
    input: {
      ...(old.inputName !== undefined && { name: old.inputName }),
      colour: 'rgb',
      resize: { method: 'shorter-side', length: old.resize },
      interpolation: 'bilinear',
      width: old.crop,
      height: old.crop,
      range: '0..1',
      mean: old.mean,
      std: old.std,
      layout: old.layout,
      type: 'float32',
      batch: 'free',
    },
    output: { meaning: 'single-label', activation: old.output === 'probabilities' ? 'none' : 'softmax' },
    origins,
  };
}

/**
 * The old block that says the same as a contract; undefined where none can. For readers of packages that know
 * `preprocessing.json` only.
 */
export function toPreprocessing({ input, output }: ModelContract): Preprocessing | undefined {
  const { colour, resize, interpolation, width, height, range, mean, std, layout, type, name } = input;
  const [red, green, blue] = mean;
  const [redStd, greenStd, blueStd] = std;
  if (colour !== 'rgb' || interpolation !== 'bilinear' || range !== '0..1' || type !== 'float32') return undefined;
  if (resize.method !== 'shorter-side' || width !== height || output.meaning !== 'single-label') return undefined;
  if (output.activation === 'sigmoid' || output.name !== undefined) return undefined;
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  if (redStd === undefined || greenStd === undefined || blueStd === undefined) return undefined;
  return {
    resize: resize.length,
    crop: width,
    mean: [red, green, blue],
    std: [redStd, greenStd, blueStd],
    layout,
    ...(name !== undefined && { inputName: name }),
    output: output.activation === 'none' ? 'probabilities' : 'logits',
  };
}

/**
 * Reads the `preprocessing.json` of an archive, which may come from anywhere.
 * @throws ModelDeckError `invalid-input` that names the field
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  if (!isRecord(value)) throw wrong('it is not an object');
  const { resize, crop, mean, std, layout, inputName, output } = value;
  return {
    resize: size('resize', resize),
    crop: size('crop', crop),
    mean: channels('mean', mean),
    std: channels('std', std),
    layout: oneOf('layout', layout ?? 'NCHW', ['NCHW', 'NHWC']),
    ...(typeof inputName === 'string' && { inputName }),
    // What nobody has said stays unsaid: it is shown as assumed.
    ...(output !== undefined && { output: oneOf('output', output, ['logits', 'probabilities']) }),
  };
}

function size(field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw wrong(`"${field}" is not a whole number of pixels`);
}

function channels(field: string, value: unknown): readonly [number, number, number] {
  if (Array.isArray(value) && value.length === 3 && value.every((item) => Number.isFinite(item))) {
    return value as unknown as [number, number, number];
  }
  throw wrong(`"${field}" is not a list of three numbers`);
}

function oneOf<Choice extends string>(field: string, value: unknown, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw wrong(`"${field}" is not ${choices.join(' or ')}`);
  return chosen;
}

function wrong(why: string): ModelDeckError {
  return new ModelDeckError('invalid-input', why);
}
