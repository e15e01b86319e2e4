import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelPackage } from '../../modelPackage.ts';
import { inspectWeights } from '../../read/formats/weightsFile.ts';
import { extraEntries } from '../folder/extraEntries.ts';
import type { FolderEntry } from '../folder/folderEntry.ts';
import { onnxEntries } from '../folder/onnxEntries.ts';
import { writeFolder } from '../folder/writeFolder.ts';
import type { PackageRequest, PackageStep } from '../packageKind.ts';
import { requireWeights } from '../specWeights.ts';
import { packageContract } from '../torchserve/packageContract.ts';
import { serverArguments } from './serverArguments.ts';
import { openVinoKind, openVinoServes } from './served.ts';

/** The only version that a package has: versions of a model are kept by the store. */
const version = '1';

/** Whether weights are OpenVINO's own format, by their name. */
export function isIntermediate(weights: string): boolean {
  return weights.toLowerCase().endsWith('.xml');
}

/** The weights of a network in OpenVINO's own format. @param file absolute path of the .xml */
export function binaryBeside(file: string): string {
  return `${file.slice(0, -'.xml'.length)}.bin`;
}

/** Writes a folder with a numbered version in it. @throws ModelDeckError as `PackageKind.write` */
export async function writeOpenVino(request: PackageRequest, task: Task<PackageStep> = {}): Promise<ModelPackage> {
  const { folder, spec } = request;
  const weights = requireWeights(request);
  const signal = { signal: task.signal };
  const contract = await packageContract(folder, spec);
  const { graph } = await inspectWeights(weights, signal);
  const entries = graph
    ? await onnxEntries(weights, { folder: version, name: 'model.onnx' }, graph, signal)
    : irEntries(weights);
  const args = contract ? serverArguments(graph?.inputs[0], contract) : [];
  return writeFolder(
    request,
    {
      kind: openVinoKind,
      serves: { ...openVinoServes, ...(args.length > 0 && { args }) },
      ...(contract && { contract }),
      entries: [...entries, ...(await extraEntries(folder, spec, '', entries))],
    },
    task,
  );
}

function irEntries(weights: string): readonly FolderEntry[] {
  if (!isIntermediate(weights)) {
    throw new ModelDeckError('unsupported', `${path.basename(weights)} cannot be packaged for OpenVINO Model Server.`, {
      remedy: 'Package an ONNX graph, or the .xml of OpenVINO with its .bin beside it.',
      location: { path: weights },
    });
  }
  return [
    { path: `${version}/model.xml`, file: weights },
    { path: `${version}/model.bin`, file: binaryBeside(weights), isWeights: true },
  ];
}
