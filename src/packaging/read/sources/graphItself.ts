import type { ClassOutput, ImageInput } from '../../../contract/modelContract.ts';
import { neutralLevels } from '../../../contract/completeContract.ts';
import type { InputFacts } from '../graph/inputs.ts';
import type { OutputFacts } from '../graph/outputs.ts';
import { said } from './contractSource.ts';

/** What the graph's input says about the contract: its shape and type, and the steps that it does itself. */
export function inputOfGraph(facts: InputFacts): Partial<ImageInput> {
  const { inside, channels } = facts;
  const { resize, range } = inside;
  const type = facts.type === 'float16' || facts.type === 'uint8' || facts.type === 'float32' ? facts.type : undefined;
  const isFree = facts.width === undefined && facts.height === undefined;
  return said<ImageInput>({
    name: facts.name,
    colour: channels === 1 ? 'grey' : inside.swapsColours ? 'rgb' : undefined,
    // A graph that resizes itself says what it was made for.
    ...(isFree && resize ? { resize, width: resize.width, height: resize.height } : {}),
    ...(isFree ? {} : { width: facts.width, height: facts.height }),
    ...(range === undefined ? {} : { range, ...neutralLevels(channels ?? 3) }),
    layout: facts.layout,
    type,
    batch: facts.batch,
  });
}

/**
 * What the graph's output says: its last operator tells what has been applied already.
 * @param only whether there is no other output, so that its name need not be told
 */
export function outputOfGraph({ name, ending, classes }: OutputFacts, only: boolean): Partial<ClassOutput> {
  const known = said<ClassOutput>({ name: only ? undefined : name, classes });
  switch (ending) {
    case 'softmax':
      // A softmax of one number is always 1.
      return { ...known, meaning: classes === 1 ? 'unknown' : 'single-label', activation: 'none' };
    case 'log-softmax':
      // The softmax of logarithms of probabilities is these probabilities.
      return { ...known, meaning: 'single-label', activation: 'softmax' };
    case 'sigmoid':
      if (classes === undefined) return { ...known, activation: 'none' };
      return { ...known, meaning: classes === 1 ? 'binary' : 'multi-label', activation: 'none' };
    case 'index':
    case 'ranked':
    case 'changed':
      return { ...known, meaning: 'unknown', activation: 'none' };
    case 'scores':
      return known;
  }
}
