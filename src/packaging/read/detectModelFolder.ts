import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { DetectedWeights, Detection, Suggestion } from './detection.ts';
import { inspectWeights, type WeightsFacts } from './formats/weightsFile.ts';
import { modelSpecFileName } from '../spec/modelSpec.ts';
import { findCandidates } from './candidates.ts';
import { listFolder } from './folderFiles.ts';
import { findOtherFormats } from './otherFormats/findOtherFormats.ts';
import { suggestSpec, type FoundWeights } from '../spec/suggestSpec.ts';

/** Endings under which weights are kept. What such a file is, its content says. */
const weightsEndings = new Set(
  '.pt .pth .onnx .safetensors .h5 .hdf5 .keras .mar .ckpt .tar .bin .pkl .pickle .pt2 .torchscript .ts .jit'.split(
    ' ',
  ),
);
/** Endings that other kinds of files have as well: worth a row only when they hold a model. */
const ambiguousEndings = new Set(['.bin', '.tar', '.ts', '.jit', '.pkl', '.pickle']);

/** Of files that may be anything, some are named when there is nothing else. */
const mostUnknown = 5;

/** Kinds that can be packaged stand first, so that the first row is the likely choice. */
const order: readonly WeightsFacts['kind'][] = ['onnx', 'torchscript', 'eager-state-dict', 'mar'];

/**
 * Finds out what a folder holds by reading it, six levels deep; nothing in it is run or loaded. Folders that begin with a
 * dot, virtual environments, `node_modules` and `package` (where archives are written) are passed over.
 *
 * @param folder absolute path
 * @throws ModelDeckError `not-found`, `permission`, `cancelled`; single files that cannot be read are told in their row
 */
export async function detectModelFolder(folder: string, task: Task = {}): Promise<Detection> {
  const { files, modelFolders, brokenLinks, limit } = await listFolder(folder, task);
  const others = findOtherFormats(files, modelFolders);
  const weights: FoundWeights[] = brokenLinks.filter(hasWeightsEnding).map(({ path: file, target }) => ({
    path: file,
    kind: 'unreadable',
    size: 0,
    explanation: `It is a link to ${target}, which is not there.`,
  }));
  const unknown: FoundWeights[] = [];
  for (const file of files) {
    const ending = path.posix.extname(file).toLowerCase();
    if (!weightsEndings.has(ending)) continue;
    throwIfCancelled(task);
    const facts = await inspectOrExplain(path.join(folder, file), task);
    const isOther = facts.kind === 'unknown' && ambiguousEndings.has(ending);
    (isOther ? unknown : weights).push({ path: file, ...facts });
  }
  weights.push(...others.models);
  if (weights.length === 0) weights.push(...others.lastResort, ...unknown.slice(0, mostUnknown));
  weights.sort((a, b) => rank(a) - rank(b));
  const { candidates, modules } = await findCandidates(folder, files, task);
  const suggestions: Record<string, Suggestion> = {};
  const rows: DetectedWeights[] = [];
  for (const found of weights) {
    const suggestion = await suggestSpec({ folder, files, found, candidates, modules }, task);
    if ('spec' in suggestion) suggestions[found.path] = suggestion;
    const refusal = 'refusal' in suggestion ? ` ${suggestion.refusal}` : '';
    rows.push({ ...withoutGraph(found), explanation: found.explanation + refusal });
  }
  const [first] = Object.values(suggestions);
  return {
    folder,
    weights: rows,
    ...(first && { suggestion: first.spec }),
    suggestions,
    ...(files.includes(modelSpecFileName) && { specFile: path.join(folder, modelSpecFileName) }),
    candidates,
    ...(limit !== undefined && { limit }),
  };
}

function hasWeightsEnding({ path: file }: { readonly path: string }): boolean {
  return weightsEndings.has(path.posix.extname(file).toLowerCase());
}

/** The graph has thousands of names at most, yet only the engine needs it. */
function withoutGraph(found: FoundWeights): DetectedWeights {
  const { graph, ...row } = found;
  return graph === undefined ? found : row;
}

async function inspectOrExplain(file: string, task: Task): Promise<WeightsFacts> {
  try {
    return await inspectWeights(file, task);
  } catch (error) {
    if (!ModelDeckError.is(error) || error.category === 'cancelled') throw error;
    return { kind: 'unreadable', size: 0, explanation: error.message };
  }
}

function rank({ kind }: FoundWeights): number {
  const index = order.indexOf(kind);
  return index < 0 ? order.length : index;
}
