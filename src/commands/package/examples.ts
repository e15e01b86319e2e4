import path from 'node:path';
import { chosenLabel } from '../../inference/answers/chosenLabel.ts';
import type { Interpretation } from '../../inference/index.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Finding } from '../../packaging/read/detection.ts';
import { locate } from '../../packaging/spec/locate.ts';
import type { SpecExample } from '../../packaging/spec/modelSpec.ts';

/** As much of an answer as is compared. */
export type ComparedAnswer = Pick<Interpretation, 'kind' | 'values'>;

/** What came back for an example: an answer, or why there is none. */
export interface ExampleAnswer {
  readonly example: SpecExample;
  readonly answer?: ComparedAnswer;
  readonly failure?: ModelDeckError;
}

/** Absolute path of an example's picture. */
export function exampleFile(folder: string, { image }: SpecExample): string {
  return path.resolve(folder, image);
}

/**
 * Asks for each example in turn. What is wrong with one is its own result.
 * @throws what is no `ModelDeckError`, and `cancelled`
 */
export async function askExamples(
  examples: readonly SpecExample[],
  ask: (example: SpecExample) => Promise<ComparedAnswer>,
): Promise<readonly ExampleAnswer[]> {
  const answers: ExampleAnswer[] = [];
  for (const example of examples) {
    try {
      answers.push({ example, answer: await ask(example) });
    } catch (error) {
      if (!ModelDeckError.is(error) || error.category === 'cancelled') throw error;
      answers.push({ example, failure: error });
    }
  }
  return answers;
}

/**
 * An error for each example that does not get its label, in its line of `model-deck.yaml`.
 * @param specFile absolute path and text; left out where there is no file yet
 */
export function exampleFindings(
  answers: readonly ExampleAnswer[],
  specFile?: { readonly path: string; readonly text: string },
): readonly Finding[] {
  return answers.flatMap((one, index) => {
    const problem = exampleProblem(one);
    if (problem === undefined) return [];
    return [
      {
        code: 'example-differs',
        severity: 'error',
        message: problem,
        remedy:
          one.failure?.remedy ??
          'Correct "input" and "output", or the label, or take the example out if the model has changed.',
        ...(specFile && {
          location: { path: specFile.path, ...locate(specFile.text, ['examples', String(index)]) },
        }),
      },
    ];
  });
}

/** One sentence about an example that has not got its label; undefined when it has. */
function exampleProblem({ example, answer, failure }: ExampleAnswer): string | undefined {
  const { image, label } = example;
  if (answer === undefined) return `The example ${image} has no answer: ${failure?.message ?? 'no reason is known'}`;
  const given = chosenLabel(answer);
  if (given === label) return undefined;
  return `The example ${image} is "${given ?? 'numbers without a label'}"${percent(answer, given)}, and "${label}" is expected.`;
}

/** Other numbers have no scale by which a difference is large or small. */
function isProbability(answer: ComparedAnswer | undefined): boolean {
  return answer?.kind === 'probabilities' || answer?.kind === 'multi-label' || answer?.kind === 'binary';
}

function percent(answer: ComparedAnswer, label: string | undefined): string {
  const value = answer.values.find((known) => known.label === label)?.value;
  return value === undefined || !isProbability(answer) ? '' : ` (${(value * 100).toFixed(1)}%)`;
}

/** What a deployment answered for the examples, in a sentence for the user. */
export interface Comparison {
  readonly isRight: boolean;
  readonly sentence: string;
}

/**
 * Holds the answers of a deployment against the expected labels, and against the answers of this computer where it has any.
 * @param here in the order of `there`; undefined for models that are not computed here
 */
export function compareExamples(
  there: readonly ExampleAnswer[],
  here: readonly ExampleAnswer[] | undefined,
): Comparison {
  const problems = there.flatMap((one) => exampleProblem(one) ?? []);
  if (problems.length > 0) return { isRight: false, sentence: problems.join(' ') };
  const count = there.length === 1 ? 'The example has its label' : `All ${there.length} examples have their labels`;
  const differences = there.flatMap(({ answer }, index) => difference(answer, here?.[index]?.answer) ?? []);
  if (differences.length === 0) return { isRight: true, sentence: `${count}.` };
  const largest = Math.max(...differences);
  if (there.every(({ answer }) => isProbability(answer)) && largest > mostDifference) {
    return {
      isRight: false,
      sentence: `${count}, but the answers differ from those of this computer by up to ${shown(largest)}.`,
    };
  }
  return {
    isRight: true,
    sentence: `${count}: same answer here as there, largest difference ${shown(largest)}.`,
  };
}

/** Beyond it two answers are not the same: other hardware and other decoders of JPEG stay far below. A probability. */
const mostDifference = 0.01;

/** The largest difference of a value that both name; undefined when they share none. */
function difference(a: ComparedAnswer | undefined, b: ComparedAnswer | undefined): number | undefined {
  if (a === undefined || b === undefined || a.kind !== b.kind) return undefined;
  const known = new Map(b.values.map((value) => [value.label, value.value]));
  const differences = a.values.flatMap(({ label, value }) => {
    const other = known.get(label);
    return label === undefined || value === undefined || other === undefined ? [] : [Math.abs(value - other)];
  });
  return differences.length === 0 ? undefined : Math.max(...differences);
}

/** For example `3e-5`. */
function shown(difference: number): string {
  return difference === 0 ? '0' : difference >= 0.001 ? difference.toFixed(3) : difference.toExponential(0);
}
