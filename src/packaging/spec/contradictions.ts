import { channelsOf, type ClassOutput, type ImageInput } from '../../contract/modelContract.ts';
import type { KeyPath } from './locate.ts';
import type { ModelSpec } from './modelSpec.ts';

/** Fields of a spec that are right by themselves and do not fit each other. */
export interface Contradiction {
  readonly keys: KeyPath;
  /** A sentence that names the field. */
  readonly message: string;
  readonly remedy: string;
}

/** What a schema cannot say. */
export function contradictions({ preprocessing, input, output }: ModelSpec): readonly Contradiction[] {
  if (preprocessing !== undefined && input !== undefined) {
    return [
      {
        keys: ['preprocessing'],
        message: 'preprocessing and input both say how a picture is prepared.',
        remedy: 'Take preprocessing out: input says it all.',
      },
    ];
  }
  return [...(input ? channels(input) : []), ...(output ? classes(output) : [])];
}

function channels(input: Partial<ImageInput>): Contradiction[] {
  const wanted = input.colour === undefined ? undefined : channelsOf(input.colour);
  const words = wanted === undefined ? 'one number, or three' : wanted === 1 ? 'one number' : 'three numbers';
  return (['mean', 'std'] as const).flatMap((key) => {
    const count = input[key]?.length;
    if (count === undefined || (wanted === undefined ? count !== 2 : count === wanted || count === 1)) return [];
    return [
      {
        keys: ['input', key],
        message: `input.${key} has ${count} numbers, and ${input.colour ?? 'a picture'} has ${words}.`,
        remedy: `Write ${words}.`,
      },
    ];
  });
}

function classes({ thresholds, labels, classes: said, background }: Partial<ClassOutput>): Contradiction[] {
  const count = labels?.length ?? said;
  if (count === undefined) return [];
  const found: Contradiction[] = [];
  if (thresholds !== undefined && thresholds.length > 1 && thresholds.length !== count) {
    found.push({
      keys: ['output', 'thresholds'],
      message: `output.thresholds has ${thresholds.length} numbers, and there are ${count} classes.`,
      remedy: 'Write one for all, or one for each class.',
    });
  }
  if (background !== undefined && background >= count) {
    found.push({
      keys: ['output', 'background'],
      message: `output.background is ${background}, and the classes are 0 to ${count - 1}.`,
      remedy: 'Write the number of the class that means none of them.',
    });
  }
  return found;
}
