import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../../../foundation/task.ts';
import { bytesInMemory, FileReader } from './fileReader.ts';
import { readOnnx, type OnnxFacts } from './onnx.ts';

/** Bytes that a pointer of git-lfs has at most, by its specification. */
const longestPointer = 1024;

/** A file that a graph keeps weights in. */
export interface ExternalDataFile {
  /** As the graph writes it: what ONNX Runtime looks for, and what its `externalData` option names. */
  readonly location: string;
  /** The same without `./`, with `/`: its path beside the graph, and in an archive. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
}

/**
 * The files beside an ONNX graph that hold some of its weights; PyTorch from 2.9 on writes `model.onnx.data`. Whether they
 * are there and whole, {@link externalDataProblems} tells.
 *
 * @param onnxFile absolute path of the graph
 * @throws NotProtobuf, CutOff for what is no graph; what the file system says
 */
export async function externalDataFiles(onnxFile: string, task: Task = {}): Promise<readonly ExternalDataFile[]> {
  const facts = await FileReader.using(onnxFile, (reader) => readOnnx(reader, task));
  return located(onnxFile, facts);
}

/** The same for a graph in memory, for example an entry of an archive: what it names, without a place on disk. */
export async function externalDataLocations(
  onnx: Uint8Array,
  task: Task = {},
): Promise<readonly Pick<ExternalDataFile, 'location' | 'name'>[]> {
  const { externalFiles } = await readOnnx(bytesInMemory(onnx), task);
  return externalFiles.map(({ location }) => ({ location, name: nameOf(location) }));
}

function located(onnxFile: string, { externalFiles }: Pick<OnnxFacts, 'externalFiles'>): readonly ExternalDataFile[] {
  return externalFiles.map(({ location }) => {
    const name = nameOf(location);
    return { location, name, file: path.resolve(path.dirname(onnxFile), name) };
  });
}

function nameOf(location: string): string {
  return path.posix.normalize(location.replaceAll('\\', '/'));
}

/** What is wrong with a file of weights outside the graph. */
export interface ExternalDataProblem extends ExternalDataFile {
  readonly code: 'onnx-external-data' | 'onnx-external-data-cut-off' | 'onnx-external-data-pointer';
  /** A sentence without its end, for example "which is not there". */
  readonly why: string;
  readonly remedy: string;
}

/** Files of weights that are missing, cut off, pointers of git-lfs, or outside the graph's folder. */
export async function externalDataProblems(
  onnxFile: string,
  facts: OnnxFacts,
): Promise<readonly ExternalDataProblem[]> {
  const problems: ExternalDataProblem[] = [];
  for (const [index, data] of located(onnxFile, facts).entries()) {
    const problem = await problemOf(data, facts.externalFiles[index]?.bytes ?? 0);
    if (problem !== undefined) problems.push({ ...data, ...problem });
  }
  return problems;
}

type Problem = Pick<ExternalDataProblem, 'code' | 'why' | 'remedy'>;

async function problemOf({ name, file }: ExternalDataFile, bytes: number): Promise<Problem | undefined> {
  if (isOutside(name)) {
    return {
      code: 'onnx-external-data',
      why: 'which is outside its folder, where ONNX Runtime does not read',
      remedy: 'Save the graph again with onnx.save_model(…, save_as_external_data=True, location="model.onnx.data").',
    };
  }
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || !stats.isFile()) {
    return {
      code: 'onnx-external-data',
      why: 'which is not there',
      remedy: `Put ${path.basename(file)} there: exporters write it beside the graph, and both belong together.`,
    };
  }
  if (stats.size <= longestPointer && (await isLfsPointer(file))) {
    return {
      code: 'onnx-external-data-pointer',
      why: 'which is a git-LFS pointer, not the file itself',
      remedy: 'Run "git lfs pull".',
    };
  }
  if (stats.size >= bytes) return undefined;
  return {
    code: 'onnx-external-data-cut-off',
    why: `which is cut off: it has ${stats.size} bytes, and the graph reads up to byte ${bytes}`,
    remedy: 'Copy or download it again.',
  };
}

/** Whether a path leaves the folder that it starts in. */
export function isOutside(name: string): boolean {
  return name === '..' || name.startsWith('../') || path.posix.isAbsolute(name) || /^[A-Za-z]:/.test(name);
}

async function isLfsPointer(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('latin1', 0, bytesRead).startsWith('version https://git-lfs');
  } finally {
    await handle.close();
  }
}
