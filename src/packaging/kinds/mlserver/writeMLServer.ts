import path from 'node:path';
import { contractFileName, formatContract } from '../../../contract/contractJson.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelPackage } from '../../modelPackage.ts';
import { inspectWeights } from '../../read/formats/weightsFile.ts';
import { extraEntries } from '../folder/extraEntries.ts';
import { onnxEntries, packagedVersions } from '../folder/onnxEntries.ts';
import { writeFolder, type FolderPlan } from '../folder/writeFolder.ts';
import type { PackageRequest, PackageStep } from '../packageKind.ts';
import { requireWeights } from '../specWeights.ts';
import { packageContract } from '../torchserve/packageContract.ts';
import { picturesSettings, settingsFile, tabularSettings } from './modelSettings.ts';
import { runtimeFile, runtimePython } from './runtimePython.ts';
import { mlServerKind, mlServerServes, oldestOnnxRuntime, picturesServes } from './served.ts';
import { tabularKind } from './tabular.ts';

/** Writes a folder with a model-settings.json. @throws ModelDeckError as `PackageKind.write` */
export async function writeMLServer(request: PackageRequest, task: Task<PackageStep> = {}): Promise<ModelPackage> {
  const { spec } = request;
  const weights = requireWeights(request);
  const signal = { signal: task.signal };
  const tabular = await tabularKind(weights, signal);
  if (tabular !== undefined) {
    const name = path.basename(weights);
    const plan: FolderPlan = {
      kind: mlServerKind,
      serves: { ...mlServerServes, modelFormat: tabular.modelFormat },
      entries: [
        { path: settingsFile, content: tabularSettings(spec, tabular, name) },
        { path: name, file: weights, isWeights: true },
      ],
    };
    return writeFolder(request, plan, task);
  }
  return writeFolder(request, await picturesPlan(request, weights, signal), task);
}

async function picturesPlan({ folder, spec }: PackageRequest, weights: string, task: Task): Promise<FolderPlan> {
  const { graph } = await inspectWeights(weights, task);
  const contract = await packageContract(folder, spec);
  if (graph === undefined || contract === undefined) {
    throw new ModelDeckError('unsupported', `${path.basename(weights)} cannot be packaged for MLServer.`, {
      remedy: 'Package an ONNX graph with input and output in model-deck.yaml.',
      location: { path: weights },
    });
  }
  const names = { input: graph.inputs[0]?.name ?? 'input', output: graph.outputs[0]?.name ?? 'output' };
  const files = await onnxEntries(
    weights,
    { folder: '', name: 'model.onnx' },
    packagedVersions(graph, oldestOnnxRuntime),
    task,
  );
  const entries = [
    { path: settingsFile, content: picturesSettings(spec, contract, names) },
    { path: runtimeFile, content: runtimePython },
    { path: contractFileName, content: formatContract(contract) },
    ...files,
  ];
  const extra = await extraEntries(folder, spec, '', entries);
  return { kind: mlServerKind, serves: picturesServes, contract, entries: [...entries, ...extra] };
}
