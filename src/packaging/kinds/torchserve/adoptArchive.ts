import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import type { Task } from '../../../foundation/task.ts';
import { writeWhole } from '../../../foundation/writeWhole.ts';
import type { ArchiveContents, ModelArchive } from './modelArchive.ts';
import { configProperties, onnxRuntimeInImage } from './writeConfigProperties.ts';
import { archivePathIn, packageFiles } from './packageFiles.ts';
import { readArchive, requireManifest } from './readArchive.ts';
import { servesOfArchive, torchServeKind } from './served.ts';
import { onnxImageClassifier } from './handlers/onnxImageClassifier.ts';
import { vendoredMark } from './vendored/vendoredOnnxRuntime.ts';

/**
 * Takes an archive that lies anywhere as a package: reads it, and gives it a `config.properties` in `configFolder`,
 * unless it stands in a store that has one already.
 */
export async function adoptArchive(file: string, configFolder: string, task: Task = {}): Promise<ModelArchive> {
  const contents = await readArchive(file, task);
  const manifest = requireManifest(contents);
  const { modelName: name, modelVersion: version, serializedFile, requirementsFile } = manifest.model;
  const weightsSha256 = contents.entries.find((entry) => entry.name === serializedFile)?.sha256;
  const beside = path.join(path.dirname(path.dirname(file)), 'config', 'config.properties');
  const requirements = requirementsFile === undefined ? {} : { requirements: requirementsFile };
  const config = (await isReadable(beside))
    ? beside
    : await writeConfig(configFolder, configProperties({ name, version, ...requirements }, path.basename(file)));
  const folder = path.dirname(path.dirname(file));
  const { format, size, sha256 = '' } = contents;
  const entries = contents.entries.map((entry) => ({ name: entry.name, size: entry.size, sha256: entry.sha256 ?? '' }));
  const archive = { path: file, format, size, sha256, entries };
  return {
    kind: torchServeKind,
    folder,
    files: await packageFiles(folder, archive, config),
    archive: archivePathIn(archive),
    serves: servesOfArchive(lacksOnnxRuntime(contents) && !(await saysInImage(config))),
    ...(contents.contract && { contract: contents.contract }),
    path: file,
    configProperties: config,
    format,
    name,
    version,
    size,
    sha256,
    ...(weightsSha256 !== undefined && { weightsSha256 }),
    manifest,
  };
}

/** Whether the handler is the one that Model Deck writes for ONNX graphs, and what it imports is not in the archive. */
function lacksOnnxRuntime({ manifest, entries }: ArchiveContents): boolean {
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  return manifest?.model.handler === onnxImageClassifier.file && !has(vendoredMark);
}

/** Whether the configuration beside it says that the server's image has what its handler imports. */
async function saysInImage(config: string): Promise<boolean> {
  const text = await readFile(config, 'utf8').catch(() => '');
  return text.split(/\r?\n/).includes(onnxRuntimeInImage);
}

async function isReadable(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

async function writeConfig(folder: string, content: string): Promise<string> {
  const file = path.join(folder, 'config.properties');
  try {
    await writeWhole(file, content);
    return file;
  } catch (error) {
    throw fileError(error, 'write config.properties', file);
  }
}
