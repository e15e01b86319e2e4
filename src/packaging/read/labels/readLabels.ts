import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import type { Task } from '../../../foundation/task.ts';
import { FileReader } from '../formats/fileReader.ts';
import { readOnnx } from '../formats/onnx.ts';
import { csvLabels } from './csvLabels.ts';
import { jsonLabels } from './jsonLabels.ts';
import { LabelProblem, type LabelReader, type LabelReading } from './labelFile.ts';
import { lineLabels } from './lineLabels.ts';
import { onnxLabels } from './onnxLabels.ts';
import { yamlLabels } from './yamlLabels.ts';

/** Every shape of label files. A new one is one file and its line here. */
export const labelReaders: readonly LabelReader[] = [jsonLabels, lineLabels, csvLabels, yamlLabels];

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** The labels of a million classes are shorter. */
const largest = 64 * 1024 * 1024;

/** Whether a file's name says that it holds labels. */
export function isLabelFileName(file: string, readers = labelReaders): boolean {
  return readers.some(({ isUsual }) => isUsual(path.posix.basename(file)));
}

/** TorchServe's own name for labels. */
export const labelsFileName = 'index_to_name.json';

/** Files that are TorchServe's own first; the others keep their order. */
export function labelsFirst(files: readonly string[]): readonly string[] {
  const rank = (file: string): number => (path.posix.basename(file) === labelsFileName ? 0 : 1);
  return [...files].sort((a, b) => rank(a) - rank(b));
}

/**
 * Reads the labels of a file in any usual shape: `index_to_name.json` and other JSON, lines, a table, YAML, or those that
 * an ONNX file has in itself.
 *
 * @param file absolute path
 * @param readers the shapes that are known
 * @returns undefined when there are no labels in it
 * @throws LabelProblem when it is broken, with its line; ModelDeckError for what the file system says
 */
export async function readLabels(
  file: string,
  task: Task = {},
  readers = labelReaders,
): Promise<LabelReading | undefined> {
  const name = path.basename(file);
  try {
    if (/\.onnx$/i.test(name)) return onnxLabels(await FileReader.using(file, (reader) => readOnnx(reader, task)));
    const reader = readers.find(({ endings }) => endings.includes(path.extname(name).toLowerCase()));
    if (reader === undefined) {
      const endings = [...readers.flatMap((one) => one.endings), '.onnx'].join(', ');
      throw new LabelProblem('labels-shape', `labels are read from files that end in ${endings}`);
    }
    const { size } = await stat(file);
    if (size > largest) throw new LabelProblem('labels-shape', `it has ${size} bytes, far more than labels have`);
    const bytes = await readFile(file);
    return reader.read({ name, text: decode(bytes), hasMark: bytes.subarray(0, 3).equals(byteOrderMark) });
  } catch (error) {
    if (error instanceof LabelProblem) throw error;
    throw fileError(error, 'read the labels', file);
  }
}

/** Text in UTF-8, with or without a byte order mark. */
function decode(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below, as for UTF-16, which has zeros in it.
  }
  throw new LabelProblem('labels-not-text', 'it is not UTF-8 text: save it as UTF-8');
}

/**
 * The labels in the order of their classes; a class without one gets its number. A label that two classes share gets its
 * class number behind it, so that neither hides the other in an answer.
 */
export function labelsInOrder({ entries }: LabelReading): readonly string[] {
  const labels: string[] = [];
  for (const { index, label } of entries) labels[index] = label;
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Array.from(labels, (label: string | undefined, index) =>
    label === undefined ? String(index) : (counts.get(label) ?? 0) > 1 ? `${label} (${index})` : label,
  );
}
