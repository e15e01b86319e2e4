import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../../foundation/fileErrors.ts';
import { once } from '../../../../foundation/once.ts';
import { throwIfCancelled, type Task } from '../../../../foundation/task.ts';
import type { Finding } from '../../../read/detection.ts';
import { readPythonModule } from '../../../read/formats/pythonModule.ts';
import { listFolder } from '../../../read/folderFiles.ts';
import { externalDataProblems } from '../../../read/formats/externalData.ts';
import type { OnnxFacts } from '../../../read/formats/onnx.ts';
import { inspectWeights, type WeightsFacts } from '../../../read/formats/weightsFile.ts';
import { wayOnOf } from '../../../read/wayOnOf.ts';
import { readTruth, type Truth } from '../../../read/readTruth.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import type { CheckRequest } from '../../packageKind.ts';
import { specLocator, type CheckContext, type Part, type PythonSource } from './context.ts';
import { checkBuiltInHandler } from './builtInHandler.ts';
import { checkContract } from './contract.ts';
import { checkCollisions, collectParts } from './files.ts';
import { checkLabels } from './labels.ts';
import { checkLocalImports } from './localImports.ts';
import { checkName } from './names.ts';
import { checkHandler, checkModelFile } from './pythonFiles.ts';
import { checkStateDict } from './stateDict.ts';
import { checkConfigFile, checkRequirements } from './textFiles.ts';
import { checkProvenance, checkWeights } from './weights.ts';

/** Code that people write is shorter; a longer file is data in the shape of Python. */
const longestSource = 4 * 1024 * 1024;

/**
 * Looks before a byte is written for everything that TorchServe or KServe would stumble over when the package is loaded.
 * Nothing is run or changed. The findings stand in the order of the spec's fields, each with the file and line that it is
 * about where there is one.
 *
 * @param request `folder` absolute; `specFile` absolute, of the file that the spec was read from, if there is one
 * @param known what the weights are, where the caller has looked into them already
 * @throws ModelDeckError `cancelled`, or what the file system says to a file that was there a moment ago
 */
export async function checkPackage(
  { folder, spec, specFile, specText }: CheckRequest,
  task: Task = {},
  known?: WeightsFacts,
): Promise<readonly Finding[]> {
  throwIfCancelled(task);
  const at = await specLocator(specFile, specText);
  const { parts, findings } = await collectParts({ folder, spec, at });
  const context = await readContext({ folder, spec, at, task, parts }, known);
  findings.unshift(...checkName(context));
  findings.push(...checkWeights(context), ...checkModelFile(context), ...checkStateDict(context));
  findings.push(...checkHandler(context), ...checkBuiltInHandler(context));
  findings.push(...(await checkLocalImports(context)), ...(await checkLabels(context)), ...checkContract(context));
  findings.push(
    ...(await checkRequirements(context)),
    ...(await checkConfigFile(context)),
    ...checkCollisions(context),
  );
  findings.push(...(await checkProvenance(context)));
  return findings;
}

type Start = Pick<CheckContext, 'folder' | 'spec' | 'at' | 'task' | 'parts'>;

/** The files of the model folder, which is listed at most once: it may hold very many. */
type Listing = () => Promise<readonly string[]>;

async function readContext(start: Start, known: WeightsFacts | undefined): Promise<CheckContext> {
  const { folder, parts, task } = start;
  const [weightsFile] = filesOf(parts, 'weights');
  const sources: PythonSource[] = [];
  for (const { file, name } of parts.flatMap(({ entries }) => entries.filter(isOwnPython))) {
    throwIfCancelled(task);
    if (sources.some((source) => source.file === file)) continue;
    sources.push({ file, name, module: readPythonModule(await readSource(file)) });
  }
  const sourceOf = (field: keyof ModelSpec): PythonSource | undefined =>
    sources.find(({ file }) => file === filesOf(parts, field)[0]?.file);
  const modelSource = sourceOf('modelFile');
  const handlerSource = sourceOf('handler');
  const weights = weightsFile && (known ?? (await inspectWeights(weightsFile.file, task)));
  const { graph } = weights ?? {};
  const files = once(async () => (await listFolder(folder, task)).files);
  const otherWay = weights && (await wayOnFor(start, files, weights));
  return {
    ...start,
    sources,
    ...(weights && { weights }),
    externalData: weightsFile && graph ? await externalDataProblems(weightsFile.file, graph) : [],
    ...(graph && { truth: await truthOf(start, files, graph) }),
    ...(otherWay !== undefined && { wayOn: otherWay }),
    ...(modelSource && { modelSource }),
    ...(handlerSource && { handlerSource }),
  };
}

/** Reads again what the folder says, so that a spec that says otherwise is told. */
async function truthOf({ folder, spec, task }: Start, files: Listing, facts: OnnxFacts): Promise<Truth> {
  const weights = path.posix.normalize(spec.weights ?? '');
  return readTruth({ folder, files: await files(), weights, facts }, task);
}

/** Of weights without code, for which the spec names none. */
async function wayOnFor({ folder, spec }: Start, files: Listing, found: WeightsFacts): Promise<string | undefined> {
  if (spec.architecture !== undefined || spec.modelFile !== undefined) return undefined;
  return wayOnOf({ folder, files: await files(), weights: path.posix.normalize(spec.weights ?? ''), found });
}

type FileEntry = Extract<LayoutEntry, { readonly file: string }>;

function filesOf(parts: readonly Part[], field: keyof ModelSpec): readonly FileEntry[] {
  return parts
    .filter(({ keys }) => keys[0] === field)
    .flatMap(({ entries }) => entries.filter((entry) => 'file' in entry));
}

function isOwnPython(entry: LayoutEntry): entry is FileEntry {
  return 'file' in entry && path.extname(entry.file) === '.py' && entry.size <= longestSource;
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, 'read the Python file', file);
  }
}
