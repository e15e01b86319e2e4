import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { LabelProblem } from '../../read/labels/labelFile.ts';
import { labelsFileName, labelsInOrder, readLabels } from '../../read/labels/readLabels.ts';

/** `index_to_name.json` of a package: the user's own file where it is one, else written out of any other shape. */
export type PackageLabels =
  | { readonly name: string; readonly file: string; readonly size: number; readonly mtimeMs: number }
  | { readonly name: string; readonly content: string };

/**
 * @param folder of the model, absolute
 * @param labels relative, in any shape that {@link readLabels} reads
 * @throws ModelDeckError `not-found`, `invalid-input` for labels that cannot be read, with file and line
 */
export async function packageLabels(folder: string, labels: string): Promise<PackageLabels> {
  const file = path.resolve(folder, labels);
  try {
    const reading = await readLabels(file);
    if (reading === undefined) throw new LabelProblem('labels-shape', 'there are no labels in it');
    if (path.basename(file) === labelsFileName && reading.isTorchServes === true) {
      const { size, mtimeMs } = await stat(file);
      return { name: labelsFileName, file, size, mtimeMs };
    }
    const named = Object.fromEntries(labelsInOrder(reading).map((label, index) => [String(index), label]));
    return { name: labelsFileName, content: `${JSON.stringify(named, null, 2)}\n` };
  } catch (error) {
    if (!(error instanceof LabelProblem)) throw error;
    const location = { path: file, line: error.line, column: error.column };
    throw new ModelDeckError('invalid-input', `labels: ${path.basename(file)} cannot be used: ${error.message}.`, {
      remedy: 'Correct the line.',
      location,
      nextStep: { kind: 'open-file', location },
    });
  }
}
