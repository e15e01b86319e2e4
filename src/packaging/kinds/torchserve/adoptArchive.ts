import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import { makeFolder } from '../../../foundation/makeFolder.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelArchive } from './modelArchive.ts';
import { configProperties } from './configProperties.ts';
import { readArchive, requireManifest } from './readArchive.ts';

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
  return {
    folder: path.dirname(path.dirname(file)),
    path: file,
    configProperties: (await isReadable(beside))
      ? beside
      : await writeConfig(configFolder, configProperties({ name, version, ...requirements }, path.basename(file))),
    format: contents.format,
    name,
    version,
    size: contents.size,
    sha256: contents.sha256 ?? '',
    ...(weightsSha256 !== undefined && { weightsSha256 }),
    manifest,
  };
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
    await makeFolder(folder);
    await writeFile(`${file}.part`, content);
    await rename(`${file}.part`, file);
    return file;
  } catch (error) {
    throw fileError(error, 'write config.properties', file);
  }
}
