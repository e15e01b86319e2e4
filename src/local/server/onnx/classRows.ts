import type { ClassOutput } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { plainNumbers, type AnswerTensor } from '../../../kserve/index.ts';

/**
 * The numbers of each picture in the output that holds the classes: the one that the contract names, else the one that has as
 * many numbers as there are classes, else the first.
 * @throws ModelDeckError `invalid-input` when there is no output of that name, `unsupported` when it holds no numbers by class
 */
export function classRows(
  outputs: readonly AnswerTensor[],
  { name }: ClassOutput,
  classes: number | undefined,
): readonly ArrayLike<number>[] {
  const names = outputs.map((output) => output.name).join(', ');
  const named = outputs.find((output) => output.name === name);
  if (name !== undefined && !named) {
    throw new ModelDeckError('invalid-input', `The graph has no output "${name}".`, {
      remedy: `Set output.name in model-deck.yaml to one of: ${names}.`,
    });
  }
  const chosen = named ?? outputs.find((output) => lengthOf(output) === classes) ?? outputs[0];
  const length = chosen && lengthOf(chosen);
  if (!chosen || length === undefined || chosen.datatype === 'BYTES') throw noClasses(chosen, names);
  const numbers = plainNumbers(chosen.data as Float32Array, chosen.datatype);
  const all = Array.from(numbers);
  return Array.from({ length: all.length / length }, (_, row) => all.slice(row * length, (row + 1) * length));
}

/** How many numbers an output has for each picture; undefined for maps and boxes. */
function lengthOf({ shape, data }: AnswerTensor): number | undefined {
  const [rows = 1, ...rest] = shape.length > 1 ? shape : [1, ...shape];
  const isMap = rest.filter((size) => size > 1).length > 1;
  return isMap || data.length === 0 || rows < 1 ? undefined : data.length / rows;
}

function noClasses(output: AnswerTensor | undefined, names: string): ModelDeckError {
  const what = output ? `"${output.name}" is ${output.datatype} [${output.shape.join(', ')}]` : 'it has none';
  return new ModelDeckError('unsupported', `The graph's output does not hold one number for each class: ${what}.`, {
    remedy: `Serve a classifier, and name its output as output.name in model-deck.yaml; the graph has: ${names}.`,
  });
}
