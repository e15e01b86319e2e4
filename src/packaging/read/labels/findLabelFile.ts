import path from 'node:path';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { OnnxFacts } from '../formats/onnx.ts';
import type { Surroundings } from '../sources/surroundings.ts';
import { LabelProblem, type LabelReading } from './labelFile.ts';
import { onnxLabels } from './onnxLabels.ts';
import { isLabelFileName, labelsFileName, labelsInOrder, readLabels } from './readLabels.ts';

/** A file with labels that was found beside weights, or in them. */
export interface FoundLabels {
  /** Relative to the model folder. */
  readonly file: string;
  /** In order; empty for a file that is broken, which the checks tell with its line. */
  readonly labels: readonly string[];
  /** Other files that hold labels of this model, in the same way. */
  readonly others: readonly string[];
}

interface Question {
  readonly near: Surroundings;
  /** Relative to the folder. */
  readonly weights: string;
  readonly facts?: OnnxFacts;
  /** How many numbers the outputs have. */
  readonly counts: readonly (number | undefined)[];
}

/** More than these are not looked into. */
const most = 16;
/** Files that hold labels among other things. */
const mixed = /^(config|metadata)\.json$/i;

/** The labels that belong to weights: with as many labels as there are classes, else the nearest ones. */
export async function findLabelFile(question: Question, task: Task = {}): Promise<FoundLabels | undefined> {
  const { near, weights, facts, counts } = question;
  const files = near.near((name) => isLabelFileName(name) || mixed.test(name)).slice(0, most);
  const found: { file: string; labels: readonly string[] }[] = [];
  for (const file of files) {
    throwIfCancelled(task);
    const labels = await labelsOf(path.join(near.folder, file), mixed.test(path.posix.basename(file)));
    if (labels !== undefined) found.push({ file, labels });
  }
  const inside = facts && onnxLabels(facts);
  if (inside !== undefined) found.push({ file: weights, labels: labelsInOrder(inside) });
  const rank = ({ file, labels }: (typeof found)[number]): number => {
    const fits = counts.some((count) => count === labels.length || (count === 1 && labels.length === 2));
    const own = path.posix.basename(file) === labelsFileName ? 0 : file === weights ? 1 : 2;
    return (fits || counts.every((count) => count === undefined) ? 0 : 10) + own;
  };
  const [first, ...others] = found
    .map((item, order) => ({ ...item, order }))
    .sort((a, b) => rank(a) - rank(b) || a.order - b.order);
  return first && { file: first.file, labels: first.labels, others: others.map(({ file }) => file) };
}

/** Empty for a broken file: leaving it out would hide the mistake. */
async function labelsOf(file: string, isMixed: boolean): Promise<readonly string[] | undefined> {
  let reading: LabelReading | undefined;
  try {
    reading = await readLabels(file);
  } catch (error) {
    if (!(error instanceof LabelProblem) && !ModelDeckError.is(error)) throw error;
    return isMixed ? undefined : [];
  }
  return reading === undefined ? undefined : labelsInOrder(reading);
}
