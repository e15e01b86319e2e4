import path from 'node:path';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelPackage, Serves } from '../../modelPackage.ts';
import { inspectWeights } from '../../read/formats/weightsFile.ts';
import type { OnnxFacts } from '../../read/formats/onnx.ts';
import { extraEntries } from '../folder/extraEntries.ts';
import type { FolderEntry } from '../folder/folderEntry.ts';
import { onnxEntries, packagedVersions } from '../folder/onnxEntries.ts';
import { writeFolder } from '../folder/writeFolder.ts';
import type { PackageRequest, PackageStep } from '../packageKind.ts';
import { requireWeights } from '../specWeights.ts';
import { packageContract } from '../torchserve/packageContract.ts';
import { tritonKind, tritonServes } from './served.ts';
import { labelsFile, torchScriptNames, torchScriptTensors, tritonConfig, withContractSizes } from './tritonConfig.ts';
import { usualOnnxRuntime } from './tritonChecks.ts';
import { configFile } from './tritonRepository.ts';

/** The only version that a package has: versions of a model are kept by the store. */
const version = '1';

/** What a kind of weights makes of a package. */
interface Made {
  readonly entries: readonly FolderEntry[];
  readonly config: string;
  readonly serves: Serves;
  readonly contract?: ModelContract;
}

/** Writes a model repository with one model in it. @throws ModelDeckError as `PackageKind.write` */
export async function writeTriton(request: PackageRequest, task: Task<PackageStep> = {}): Promise<ModelPackage> {
  const { folder, spec } = request;
  const weights = requireWeights(request);
  const signal = { signal: task.signal };
  const facts = await inspectWeights(weights, signal);
  const known = await packageContract(folder, spec);
  const { entries, config, serves, contract } =
    facts.graph !== undefined
      ? await ofGraph(spec.name, weights, facts.graph, known, signal)
      : ofTorchScript(spec.name, weights, facts.kind, known);
  const labels = contract && usableLabels(contract);
  const own = [
    { path: `${spec.name}/${configFile}`, content: config },
    ...(labels ? [{ path: `${spec.name}/${labelsFile}`, content: `${labels.join('\n')}\n` }] : []),
    ...entries,
  ];
  const all = [...own, ...(await extraEntries(folder, spec, `${spec.name}/`, own))];
  return writeFolder(request, { kind: tritonKind, serves, ...(contract && { contract }), entries: all }, task);
}

async function ofGraph(
  name: string,
  weights: string,
  graph: OnnxFacts,
  contract: ModelContract | undefined,
  task: Task,
): Promise<Made> {
  const versions = packagedVersions(graph, usualOnnxRuntime);
  // A graph with weights in other files is a folder of its own, as Triton has it.
  const place = {
    folder: graph.externalFiles.length > 0 ? `${name}/${version}/model.onnx` : `${name}/${version}`,
    name: 'model.onnx',
  };
  const { inputs, outputs } = graph;
  const answer = contract?.output.name ?? outputs[0]?.name;
  return {
    entries: await onnxEntries(weights, place, versions, task),
    config: tritonConfig({
      name,
      backend: 'onnxruntime',
      inputs: contract ? inputs.map((info) => withContractSizes(info, contract)) : inputs,
      outputs,
      ...(contract && usableLabels(contract) && answer !== undefined && { labelled: answer }),
    }),
    serves: { ...tritonServes, onnx: { irVersion: versions.irVersion, opset: versions.opset } },
    ...(contract && { contract }),
  };
}

function ofTorchScript(name: string, weights: string, kind: string, known: ModelContract | undefined): Made {
  if (kind !== 'torchscript' || known === undefined) {
    throw new ModelDeckError('unsupported', `${path.basename(weights)} cannot be packaged for Triton.`, {
      remedy: 'Package an ONNX graph, or TorchScript with input and output in model-deck.yaml.',
      location: { path: weights },
    });
  }
  const contract = {
    ...known,
    input: { ...known.input, name: torchScriptNames.input },
    output: { ...known.output, name: torchScriptNames.output },
  };
  return {
    entries: [{ path: `${name}/${version}/model.pt`, file: weights, isWeights: true }],
    config: tritonConfig({
      name,
      backend: 'pytorch',
      ...torchScriptTensors(contract),
      ...(usableLabels(contract) && { labelled: torchScriptNames.output }),
    }),
    serves: tritonServes,
    contract,
  };
}

/** Labels for Triton: one for each number, in lines. Those of a model with one number name two classes. */
function usableLabels({ output }: ModelContract): readonly string[] | undefined {
  const { labels, classes, meaning } = output;
  if (labels === undefined || labels.length === 0) return undefined;
  if (meaning === 'binary' || (classes !== undefined && classes !== labels.length)) return undefined;
  return labels.some((label) => /[\r\n]/.test(label)) ? undefined : labels;
}
