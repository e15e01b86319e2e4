import type { Preprocessing } from '../../spec/modelSpec.ts';

/**
 * Reads the `preprocessing.json` of an archive, which may come from anywhere.
 * @throws Error saying which field is wrong
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  if (typeof value !== 'object' || value === null) throw new Error('it is not an object');
  const { resize, crop, mean, std, layout, inputName, output } = value as Readonly<Record<string, unknown>>;
  return {
    resize: size('resize', resize),
    crop: size('crop', crop),
    mean: channels('mean', mean),
    std: channels('std', std),
    layout: oneOf('layout', layout ?? 'NCHW', ['NCHW', 'NHWC']),
    ...(typeof inputName === 'string' && { inputName }),
    output: oneOf('output', output ?? 'logits', ['logits', 'probabilities']),
  };
}

function size(field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new Error(`"${field}" is not a whole number of pixels`);
}

function channels(field: string, value: unknown): readonly [number, number, number] {
  if (Array.isArray(value) && value.length === 3 && value.every((item) => Number.isFinite(item))) {
    return value as [number, number, number];
  }
  throw new Error(`"${field}" is not a list of three numbers`);
}

function oneOf<Choice extends string>(field: string, value: unknown, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw new Error(`"${field}" is not ${choices.join(' or ')}`);
  return chosen;
}
