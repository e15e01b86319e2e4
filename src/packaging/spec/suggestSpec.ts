import { transliterate } from '../../foundation/transliterate.ts';
import path from 'node:path';
import type { Task } from '../../foundation/task.ts';
import type { DetectedWeights, Detection, Suggestion } from '../read/detection.ts';
import { readTruth, type Truth } from '../read/readTruth.ts';
import type { PythonModule } from '../read/formats/pythonModule.ts';
import type { WeightsFacts } from '../read/formats/weightsFile.ts';
import { onnxImageClassifier } from '../kinds/torchserve/handlers/onnxImageClassifier.ts';
import { generatedHandler } from '../kinds/torchserve/handlers/generatedHandlers.ts';
import { suggestNetwork, type NetworkSuggestion } from './suggestNetwork.ts';
import type { ModelSpec } from './modelSpec.ts';
import { contractBlocks } from './specContract.ts';
import { requiredArguments } from '../read/candidates.ts';
import { wayOnOf } from '../read/wayOnOf.ts';

/** Weights of a folder with what was read in them. */
export type FoundWeights = DetectedWeights & Pick<WeightsFacts, 'graph' | 'stateDicts'>;

/** Which kinds can be packaged. */
const usable: readonly DetectedWeights['kind'][] = [
  'onnx',
  'torchscript',
  'eager-state-dict',
  'checkpoint',
  'safetensors',
];

/** Weights of a folder, with everything around them. */
export interface SuggestQuestion {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly found: FoundWeights;
  readonly candidates: Detection['candidates'];
  readonly modules: ReadonlyMap<string, PythonModule>;
}

/** The spec that fits weights, nothing for what cannot be packaged, or why a graph is none that Model Deck serves. */
export async function suggestSpec(
  question: SuggestQuestion,
  task: Task = {},
): Promise<Suggestion | { readonly refusal: string } | { readonly kind: 'none' }> {
  const { folder, files, found, candidates, modules } = question;
  const [ownHandler] = candidates.handlers;
  if (!usable.includes(found.kind)) return withoutWay(question);
  const { graph: facts } = found;
  const network = found.kind === 'onnx' ? undefined : networkFor(question);
  const hasCode = found.stateDicts === undefined || (network?.modelFile ?? network?.architecture) !== undefined;
  if (!hasCode && ownHandler === undefined) return withoutWay(question);
  const truth = await readTruth(
    {
      folder,
      files,
      weights: found.path,
      ...(facts && { facts }),
      ...(network && { network: network.contract }),
    },
    task,
  );
  const refusal = refusalOf(truth);
  const handler = handlerOf(network, refusal, ownHandler);
  if (handler === undefined) return withRefusal(refusal);
  const modelFile = network?.modelFile;
  const beside = companions([modelFile, handler], candidates, modules, libraryFiles(question, handler));
  const spec: ModelSpec = {
    name: modelName(path.basename(path.resolve(folder))),
    version: '1.0',
    weights: found.path,
    ...(modelFile !== undefined && { modelFile }),
    ...(network?.architecture && { architecture: network.architecture }),
    handler,
    ...(truth.labels && { labels: truth.labels.file }),
    ...beside,
    ...(generatedHandler(handler) !== undefined && contractBlocks(truth.contract)),
  };
  return { spec, findings: truth.findings };
}

function withRefusal(refusal: string | undefined): { readonly refusal: string } | { readonly kind: 'none' } {
  return refusal === undefined ? { kind: 'none' } : { refusal };
}

/** A graph that is no classifier is for the user's own handler alone; weights of PyTorch prefer it. */
function handlerOf(
  network: NetworkSuggestion | undefined,
  refusal: string | undefined,
  own: string | undefined,
): string | undefined {
  if (network !== undefined) return own ?? network.handler;
  return refusal === undefined ? onnxImageClassifier.id : own;
}

/** Nothing to suggest: how its library makes something of it that can be packaged, where one is known. */
async function withoutWay({
  folder,
  files,
  found,
}: SuggestQuestion): Promise<{ readonly refusal: string } | { readonly kind: 'none' }> {
  return withRefusal(await wayOnOf({ folder, files, weights: found.path, found }));
}

function networkFor({ found, candidates, modules }: SuggestQuestion): NetworkSuggestion {
  const modelFile = modelFileFor(candidates, modules);
  const [made, ...more] = (modelFile === undefined ? undefined : modules.get(modelFile)?.classes) ?? [];
  return suggestNetwork(found, modelFile, more.length === 0 ? made : undefined);
}

/** Files that `from_pretrained` of transformers and timm read beside the weights. */
const libraryFileNames = new Set(
  'config.json preprocessor_config.json processor_config.json generation_config.json tokenizer.json tokenizer_config.json special_tokens_map.json vocab.json vocab.txt merges.txt'.split(
    ' ',
  ),
);

/** What a handler of the user's own needs, beside weights without code, to make the network with its library. */
function libraryFiles({ found, files, modules }: SuggestQuestion, handler: string): readonly string[] {
  if (!modules.has(handler) || found.stateDicts === undefined) return [];
  const home = path.posix.dirname(found.path);
  return files.filter((file) => path.posix.dirname(file) === home && libraryFileNames.has(path.posix.basename(file)));
}

/** What goes along with code of the user's own: modules that it imports, requirements, TorchServe's configuration. */
function companions(
  code: readonly (string | undefined)[],
  candidates: Detection['candidates'],
  modules: ReadonlyMap<string, PythonModule>,
  more: readonly string[],
): Pick<ModelSpec, 'extraFiles' | 'requirements' | 'configFile'> {
  const own = code.filter((file): file is string => file !== undefined && modules.has(file));
  const extraFiles = [...localModules(own, modules), ...more];
  const requirements = own.length > 0 ? candidates.requirements[0] : undefined;
  const [configFile] = candidates.configFiles;
  return {
    ...(extraFiles.length > 0 && { extraFiles }),
    ...(requirements !== undefined && { requirements }),
    ...(configFile !== undefined && { configFile }),
  };
}

/** Why a graph is no classifier of pictures, in a sentence; undefined for one that is, and for other weights. */
export function refusalOf({ graph }: Pick<Truth, 'graph'>): string | undefined {
  if (graph?.output.kind === 'none') {
    const { what, because, remedy } = graph.output;
    return `It is ${what}: ${because}. ${remedy}`;
  }
  if (graph?.input.kind === 'none')
    return `It cannot be given a picture: ${graph.input.because}. ${graph.input.remedy}`;
  return undefined;
}

/** A model name out of a folder's: letters, digits, - and _ only, as TorchServe under KServe can find it. */
export function modelName(folderName: string): string {
  const plain = transliterate(folderName)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[-_]+$/g, '');
  return plain === '' ? 'model' : plain;
}

/** The first file that TorchServe can load as it is, else the best guess. */
function modelFileFor(
  candidates: Detection['candidates'],
  modules: ReadonlyMap<string, PythonModule>,
): string | undefined {
  const ready = candidates.modelFiles.find((file) => {
    const [made, ...more] = modules.get(file)?.classes ?? [];
    return made !== undefined && more.length === 0 && requiredArguments(made).length === 0;
  });
  return ready ?? candidates.modelFiles[0];
}

/** Modules beside the given files that they import, and those that these import: the archive has only what is listed. */
function localModules(files: readonly string[], modules: ReadonlyMap<string, PythonModule>): readonly string[] {
  const known = new Set(files);
  for (const file of known) {
    for (const { module, level } of modules.get(file)?.imports ?? []) {
      const beside = path.posix.join(path.posix.dirname(file), `${module}.py`);
      if (level === 0 && !module.includes('.') && modules.has(beside)) known.add(beside);
    }
  }
  return [...known].slice(new Set(files).size);
}
