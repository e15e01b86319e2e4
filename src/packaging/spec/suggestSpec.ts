import { transliterate } from '../../foundation/transliterate.ts';
import path from 'node:path';
import type { DetectedWeights, Detection } from '../read/detection.ts';
import { imageInput } from '../read/formats/onnxImageInput.ts';
import type { PythonModule } from '../read/formats/pythonModule.ts';
import type { WeightsFacts } from '../read/formats/weightsFile.ts';
import { onnxImageClassifier } from '../kinds/torchserve/handlers/onnxImageClassifier.ts';
import { suggestNetwork } from './suggestNetwork.ts';
import type { ModelSpec, Preprocessing } from './modelSpec.ts';
import { requiredArguments } from '../read/candidates.ts';

/** Weights of a folder with what was read in them. */
export type FoundWeights = DetectedWeights & Pick<WeightsFacts, 'graph' | 'stateDicts'>;

/** torchvision's transforms for its ImageNet models: sides in pixels, mean and deviation of R, G, B in 0..1. */
const imageNet = { resize: 256, crop: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Which kinds can be packaged, the one that runs in most places first. */
const usable: readonly DetectedWeights['kind'][] = [
  'onnx',
  'torchscript',
  'eager-state-dict',
  'checkpoint',
  'safetensors',
];

/** The spec that fits what a folder holds; undefined when nothing in it can be packaged. */
export function suggestSpec(
  folder: string,
  weights: readonly FoundWeights[],
  candidates: Detection['candidates'],
  modules: ReadonlyMap<string, PythonModule>,
): ModelSpec | undefined {
  const chosen = usable
    .map((kind) => weights.find((found) => found.kind === kind))
    .find((found) => found !== undefined);
  if (chosen === undefined) return undefined;
  const network = suggestNetwork(chosen, modelFileFor(candidates, modules));
  const { modelFile } = network;
  const handler = chosen.kind === 'onnx' ? onnxImageClassifier.id : (candidates.handlers[0] ?? network.handler);
  const [labels] = candidates.labels;
  const ownCode = [modelFile, handler].filter((file) => file !== undefined && modules.has(file)) as string[];
  const extraFiles = [...externalData(chosen), ...localModules(ownCode, modules)];
  const requirements = ownCode.length > 0 ? candidates.requirements[0] : undefined;
  const [configFile] = candidates.configFiles;
  return {
    name: modelName(path.basename(path.resolve(folder))),
    version: '1.0',
    weights: chosen.path,
    ...(modelFile !== undefined && { modelFile }),
    ...(network.architecture && { architecture: network.architecture }),
    handler,
    ...(labels !== undefined && { labels }),
    ...(extraFiles.length > 0 && { extraFiles }),
    ...(requirements !== undefined && { requirements }),
    ...(configFile !== undefined && { configFile }),
    ...(chosen.kind === 'onnx' ? { preprocessing: preprocessingFor(chosen) } : network.contract),
  };
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

/** Data files of a graph, and what a handler of one's own reads beside safetensors of Hugging Face. */
function externalData({ path: file, graph }: FoundWeights): readonly string[] {
  return graph?.externalFiles.map((name) => path.posix.join(path.posix.dirname(file), name)) ?? [];
}

function preprocessingFor({ onnx, graph }: FoundWeights): Preprocessing {
  const image = onnx && imageInput(onnx.input);
  const crop = Math.min(image?.height ?? imageNet.crop, image?.width ?? imageNet.crop);
  return {
    resize: Math.round((crop * imageNet.resize) / imageNet.crop),
    crop,
    mean: imageNet.mean,
    std: imageNet.std,
    layout: image?.layout ?? 'NCHW',
    ...(onnx && { inputName: onnx.input.name }),
    output: graph?.lastOperator === 'Softmax' ? 'probabilities' : 'logits',
  };
}
