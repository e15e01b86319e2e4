import { ModelDeckError } from '../../../foundation/error.ts';
import type { OutputTensor } from '../../../kserve/index.ts';
import type { AnswerKnowledge } from '../answer.ts';
import type { AnswerDialect } from './dialect.ts';
import { notClasses } from './detections.ts';
import { isNumbers, saidBy } from './values.ts';

/** One number for each class in an output of V2, as every server of plain tensors answers. */
export const numberTensors: AnswerDialect = {
  name: 'number-tensors',
  read({ tensors }, knowledge) {
    const numeric = tensors.filter(({ datatype, data }) => datatype !== 'BYTES' && isNumbers(data));
    const chosen = choose(numeric, tensors, knowledge);
    if (!chosen) return undefined;
    const { tensor, note } = chosen;
    const rows = rowsOf(tensor);
    const said = saidBy(tensor.name);
    return { form: 'numbers', rows, output: tensor.name, said, ...(note !== undefined && { notes: [note] }) };
  },
};

/** @throws ModelDeckError `server` when the output that the contract names is not there */
function choose(
  numeric: readonly OutputTensor[],
  all: readonly OutputTensor[],
  { contract, labels }: AnswerKnowledge,
): { readonly tensor: OutputTensor; readonly note?: string } | undefined {
  const wanted = contract?.output.name;
  const named = numeric.find(({ name }) => name === wanted);
  if (named) return { tensor: named };
  const [first, ...others] = numeric;
  if (first === undefined) return undefined;
  const names = all.map(({ name }) => name).join(', ');
  if (wanted !== undefined && all.length > 1) {
    throw new ModelDeckError('server', `The answer has no output "${wanted}", but ${names}.`, {
      remedy: 'Name the output that holds the classes as output.name in model-deck.yaml.',
    });
  }
  if (others.length === 0) return { tensor: first };
  const count = contract?.output.labels?.length ?? contract?.output.classes ?? labels?.length;
  const fitting = numeric.filter((tensor) => rowsOf(tensor)[0]?.length === count);
  const [only] = fitting;
  if (only && fitting.length === 1) return { tensor: only };
  const tensor = only ?? first;
  const note = `The model has ${numeric.length} outputs (${names}), and nobody says which holds the classes; "${tensor.name}" is shown.`;
  return { tensor, note };
}

/** One row for each picture. @throws ModelDeckError `unsupported` for maps and boxes: more than one number for each class */
function rowsOf({ name, shape, data }: OutputTensor): readonly (readonly number[])[] {
  const numbers = data as readonly number[];
  const [rows = 1, ...rest] = shape.length > 1 ? shape : [1, ...shape];
  if (rest.filter((size) => size > 1).length > 1) {
    throw notClasses(`"${name}" of the shape [${shape.join(', ')}]: this may be a detector or a segmenter`);
  }
  const length = numbers.length / Math.max(1, rows);
  if (!Number.isInteger(length) || length === 0) {
    throw new ModelDeckError(
      'server',
      `The output "${name}" has ${numbers.length} numbers, which do not fill its shape.`,
    );
  }
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * length, (row + 1) * length));
}
