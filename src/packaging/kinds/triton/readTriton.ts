import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelContract } from '../../../contract/modelContract.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelPackage, OnnxVersions } from '../../modelPackage.ts';
import { inspectWeights } from '../../read/formats/weightsFile.ts';
import { adoptFolder } from '../folder/adoptFolder.ts';
import { readFolderRecord } from '../folder/folderRecord.ts';
import type { PackageContents } from '../packageKind.ts';
import { contractOfConfig } from './configContract.ts';
import { messagesOf, textOf } from './readConfig.ts';
import { tritonKind, tritonServes } from './served.ts';
import {
  askedModel,
  configFile,
  readRepository,
  repositoryWarnings,
  type TritonModelFolder,
  type TritonRepository,
} from './tritonRepository.ts';

/** Takes a model repository as it is, ours or the user's own. @throws ModelDeckError as `PackageKind.adopt` */
export async function adoptTriton(file: string, _extraFolder: string, task: Task = {}): Promise<ModelPackage> {
  const repository = await readRepository(file);
  const { root, chosen } = repository;
  const model = askedModel(repository);
  const record = chosen === undefined ? await readFolderRecord(root, tritonKind) : undefined;
  if (record) return adoptFolder(root, record, task);
  const contract = await contractOf(root, model);
  const onnx = await versionsOf(repository, task);
  const about = {
    kind: tritonKind,
    name: model.name,
    version: String(model.versions[0] ?? 1),
    serves: { ...tritonServes, ...(onnx && { onnx }) },
    ...(contract && { contract }),
  };
  return adoptFolder(root, about, task, chosen === undefined ? root : path.join(root, chosen));
}

/** What a model repository says about its model. @throws ModelDeckError as `PackageKind.read` */
export async function readTriton(folder: string): Promise<PackageContents> {
  const repository = await readRepository(folder);
  const { root } = repository;
  const model = askedModel(repository);
  const record = await readFolderRecord(root, tritonKind);
  const contract = record?.contract ?? (await contractOf(root, model));
  const labels = contract?.output.labels;
  return {
    description: { name: `${model.name}/${configFile}`, text: model.configText },
    ...(contract && { contract }),
    ...(labels && { labels }),
    warnings: repositoryWarnings(repository),
  };
}

async function contractOf(root: string, { name, config }: TritonModelFolder): Promise<ModelContract | undefined> {
  const file = messagesOf(config, 'output')
    .map((output) => textOf(output, 'label_filename'))
    .find((found) => found !== undefined);
  const text =
    file === undefined ? undefined : await readFile(path.join(root, name, file), 'utf8').catch(() => undefined);
  const labels = text?.replace(/\r?\n$/, '').split(/\r?\n/);
  return contractOfConfig(config, labels);
}

/** The newest that its ONNX graphs need; undefined where there are none. */
async function versionsOf({ root, models }: TritonRepository, task: Task): Promise<OnnxVersions | undefined> {
  const found: OnnxVersions[] = [];
  for (const { name, versions, config } of models) {
    const file = textOf(config, 'default_model_filename') ?? 'model.onnx';
    for (const version of versions.slice(0, 1)) {
      const graph = path.join(root, name, String(version), file);
      for (const candidate of [graph, path.join(graph, 'model.onnx')]) {
        const facts = await inspectWeights(candidate, task).catch(() => undefined);
        if (facts?.graph !== undefined) found.push({ irVersion: facts.graph.irVersion, opset: facts.graph.opset });
      }
    }
  }
  if (found.length === 0) return undefined;
  return {
    irVersion: Math.max(...found.map(({ irVersion }) => irVersion)),
    opset: Math.max(...found.map(({ opset }) => opset)),
  };
}
