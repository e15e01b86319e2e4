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
    const rows = rowsOf(tensor, knowledge);
    const said = saidBy(tensor.name);
    return { form: 'numbers', rows, output: tensor.name, said, ...(note !== undefined && { notes: [note] }) };
  },
};

/** @throws ModelDeckError `server` when the output that the contract names is not there */
function choose(
  numeric: readonly OutputTensor[],
  all: readonly OutputTensor[],
  knowledge: AnswerKnowledge,
): { readonly tensor: OutputTensor; readonly note?: string } | undefined {
  const { contract } = knowledge;
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
  const fitting = narrowed(numeric, [
    // Whole numbers beside others are class numbers, or counts.
    ({ datatype }) => /^(FP|BF)/.test(datatype),
    (tensor) => rowsOf(tensor, knowledge)[0]?.length === countOf(knowledge),
    ({ name }) => saidBy(name) === 'probabilities',
    ({ name }) => saidBy(name) === 'scores',
  ]);
  const tensor = fitting[0] ?? first;
  if (fitting.length === 1 && countOf(knowledge) !== undefined) return { tensor };
  const how = fitting.length === 1 ? ', by its name and kind' : '';
  const note = `The model has ${all.length} outputs (${names}), and nobody says which holds the classes; "${tensor.name}" is shown${how}.`;
  return { tensor, note };
}

/** Those that pass one test after the other; a test that none passes is left out. */
function narrowed(
  tensors: readonly OutputTensor[],
  tests: readonly ((tensor: OutputTensor) => boolean)[],
): readonly OutputTensor[] {
  return tests.reduce((left, test) => {
    const passed = left.filter(test);
    return passed.length > 0 ? passed : left;
  }, tensors);
}

function countOf({ contract, labels }: AnswerKnowledge): number | undefined {
  return contract?.output.labels?.length ?? contract?.output.classes ?? labels?.length;
}

/** One row for each picture. @throws ModelDeckError `unsupported` for maps and boxes: more than one number for each class */
function rowsOf({ name, shape, data }: OutputTensor, knowledge: AnswerKnowledge): readonly (readonly number[])[] {
  const numbers = data as readonly number[];
  // [n, 1] is one number for each of n classes, where so many are known: one picture was asked about.
  const isColumn = shape.length > 1 && shape[0] === numbers.length && numbers.length > 1;
  if (isColumn && numbers.length === countOf(knowledge) && knowledge.contract?.output.meaning !== 'binary')
    return [numbers];
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
