import type { ClassOutput } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { activations } from '../../inference/index.ts';

/** Most classes in an answer of one of n, as in the handlers that go into archives (`answerPython`). */
const top = 20;

/**
 * The prediction for one picture, as V1 answers it, in one shape for each meaning. It is a JSON text, because an object would
 * not keep the order of labels that look like numbers.
 * - `single-label`: `{"tabby": 0.42, …}`, the 20 most probable, falling;
 * - `multi-label`: all labels, each by itself: how many of them count is not known here;
 * - `binary`: `{"pneumonia": 0.9, "normal": 0.1}`, the likelier first;
 * - `unknown`: `{"scores": [1.5, -0.2, …]}`, the numbers as the model gives them, or `{"scores": {"tabby": 1.5, …}}`, the 20 largest,
 *   where every number has its label.
 *
 * A class without a label is named by its index; a label that two classes share gets its index, so that neither hides the other.
 * @throws ModelDeckError `server` for NaN and Infinity, `unsupported` when the output does not fit its meaning
 */
export function predictionText(numbers: ArrayLike<number>, output: ClassOutput): string {
  const row = Array.from(numbers);
  if (!row.every(Number.isFinite)) {
    throw new ModelDeckError('server', 'The model answered with NaN or Infinity.', {
      remedy: 'Check its weights, and mean and std of its input.',
    });
  }
  switch (output.meaning) {
    case 'unknown':
      return unknownText(row, output);
    case 'binary':
      return binaryText(row, output);
    case 'single-label':
      return `{${rankedText(activations[output.activation](row), output).slice(0, top).join(',')}}`;
    case 'multi-label':
      return `{${rankedText(activations[output.activation](row), output).join(',')}}`;
  }
}

function rankedText(probabilities: readonly number[], output: ClassOutput): string[] {
  const names = classNames(probabilities.length, output);
  return probabilities
    .map((probability, index) => ({ name: names[index] ?? String(index), probability }))
    .sort((a, b) => b.probability - a.probability)
    .map(({ name, probability }) => `${JSON.stringify(name)}:${probability}`);
}

function unknownText(row: readonly number[], output: ClassOutput): string {
  if (output.labels?.length !== row.length) return `{"scores":${JSON.stringify(row)}}`;
  return `{"scores":{${rankedText(row, output).slice(0, top).join(',')}}}`;
}

function binaryText(row: readonly number[], output: ClassOutput): string {
  const positive = row.length === 1 ? activations[output.activation](row)[0] : activations[output.activation](row)[1];
  if (row.length > 2 || positive === undefined || (output.activation === 'softmax' && row.length === 1)) {
    throw new ModelDeckError(
      'unsupported',
      `The model has ${row.length} numbers, and its contract says one probability of yes or no (output.meaning: binary).`,
      { remedy: 'Correct output.meaning in model-deck.yaml.' },
    );
  }
  return `{${rankedText([1 - positive, positive], output).join(',')}}`;
}

function classNames(count: number, { labels = [], background }: ClassOutput): readonly string[] {
  const isBeside = background !== undefined && labels.length + 1 === count;
  const all = isBeside ? labels.toSpliced(background, 0, 'background') : labels;
  const seen = new Set<string>();
  const shared = new Set(all.filter((label) => seen.has(label) || !seen.add(label)));
  return all.map((label, index) => (shared.has(label) ? `${label} (${index})` : label));
}
