import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImageInput } from '../../src/contract/modelContract.ts';
import { packageModel } from '../../src/packaging/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import { pythonEnvironment } from '../../scripts/python/environment.ts';
import { PythonWorker } from '../../scripts/python/pythonWorker.ts';
import { matrixCases, type MatrixCase } from './matrixCases.ts';

const script = path.join(import.meta.dirname, '..', '..', 'scripts', 'parity', 'matrix_worker.py');

/** Largest difference between two probabilities that counts as none. */
export const tolerance = 1e-4;
/** The least that a wrong step must change, to be sure that none would pass unseen. */
export const visible = 5 * tolerance;

/** The matrix's models in a folder, and onnxruntime in Python beside them. */
export class MatrixPeer {
  private constructor(
    readonly folder: string,
    readonly cases: readonly MatrixCase[],
    readonly pictures: readonly string[],
    private readonly worker: PythonWorker,
  ) {}

  static async start(): Promise<MatrixPeer> {
    const python = pythonEnvironment((line) => console.log(line));
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-matrix-'));
    const cases = matrixCases();
    const worker = new PythonWorker(python, script);
    const models = path.join(folder, 'models');
    await mkdir(models);
    const { pictures } = await answered<{ pictures: string[] }>(worker, { make: models, cases });
    return new MatrixPeer(folder, cases, pictures, worker);
  }

  async stop(): Promise<void> {
    await this.worker.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  packaged({ name, input, output, isExternal }: MatrixCase): Promise<ModelArchive> {
    return packageModel({
      folder: path.join(this.folder, 'models', name),
      spec: {
        name,
        version: '1.0',
        weights: `${name}.onnx`,
        handler: 'model-deck:onnx-image-classifier',
        input,
        output,
        ...(isExternal && { extraFiles: [`${name}.onnx.data`] }),
      },
      outputFolder: path.join(this.folder, 'packages', name),
    });
  }

  /** Probability of each label, as onnxruntime in Python computes it; of another input too, to see what a wrong one would do. */
  async expected(
    { name, input, output }: MatrixCase,
    picture: string,
    change: Partial<ImageInput> = {},
  ): Promise<Probabilities> {
    const model = path.join(this.folder, 'models', name, `${name}.onnx`);
    const question = { model, picture, input: { ...input, ...change }, output };
    return named(output.labels, await answered(this.worker, question));
  }

  /** The same of numbers that a server gave. */
  async meaningOf({ output }: MatrixCase, numbers: readonly number[]): Promise<Probabilities> {
    return named(output.labels, await answered(this.worker, { numbers, output }));
  }

  /** Runs a Python script, and gives the JSON that it printed. */
  async run<Answer>(text: string): Promise<Answer> {
    const { printed } = await answered<{ printed: string }>(this.worker, { script: text, folder: this.folder });
    return JSON.parse(printed) as Answer;
  }
}

/** @throws Error what Python raised */
async function answered<Answer>(worker: PythonWorker, question: unknown): Promise<Answer> {
  const answer = await worker.ask<Answer & { readonly error?: string }>(question);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

/** Probability by label. */
export type Probabilities = ReadonlyMap<string, number>;

function named(labels: readonly string[], { probabilities }: { probabilities: readonly number[] }): Probabilities {
  assert.equal(probabilities.length, labels.length);
  return new Map(labels.map((label, index) => [label, probabilities[index] ?? NaN]));
}

export function largestDifference(found: Probabilities, expected: Probabilities): number {
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  return Math.max(...[...expected].map(([label, value]) => Math.abs(value - (found.get(label) ?? NaN))));
}

/**
 * Holds a ranked answer against the expected one: the same labels in the same order, and no probability further off than the
 * tolerance.
 * @returns the largest difference
 */
export function assertSame(found: Probabilities, expected: Probabilities, what: string): number {
  const difference = largestDifference(found, expected);
  const both = JSON.stringify([[...found], [...expected]]);
  assert.ok(difference <= tolerance, `${what}: ${difference}; ${both}`);
  assert.deepEqual([...found.keys()], [...ranked(expected).keys()], `${what}: ${both}`);
  return difference;
}

/** The largest first. `JSON.parse` puts keys that look like numbers before the others, whatever the text's order. */
export function ranked(answer: Iterable<readonly [string, number]>): Probabilities {
  return new Map([...answer].sort((a, b) => b[1] - a[1]));
}

/** Runs the work for all items, so many at a time. */
export async function someAtATime<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const next = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: count }, next));
}

/** The largest differences of a whole suite, as lines of its report. */
export class Largest {
  private readonly found = new Map<string, { readonly difference: number; readonly name: string }>();

  note(where: string, { name }: MatrixCase, difference: number): void {
    const { difference: largest } = this.found.get(where) ?? { difference: -1 };
    if (difference > largest) this.found.set(where, { difference, name });
  }

  /** Of all. */
  get most(): number {
    return Math.max(0, ...[...this.found.values()].map(({ difference }) => difference));
  }

  lines(): string[] {
    return [...this.found].map(([where, { difference, name }]) => `${where}: ${difference.toExponential(1)} (${name})`);
  }
}
