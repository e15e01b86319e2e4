import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { externalWeights } from './externalWeights.ts';
import { packageLabels } from './packageLabels.ts';
import { networkFileName, networkSource } from './handlers/networkFile.ts';
import { generatedFiles, generatedHandler } from './handlers/generatedHandlers.ts';
import { weightsName } from './weightsName.ts';
import { builtInHandlers } from './handlers/builtInHandlers.ts';
import type { LayoutEntry } from './layoutEntry.ts';
import { matchingPaths } from '../../spec/expandPattern.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';

type FileEntry = Extract<LayoutEntry, { readonly file: string }>;

/**
 * What goes into the archive, flattened as torch-model-archiver 0.12 does: every file to the root by its basename, the
 * content of a folder among the extra files to the root with its sub-folders. A later file replaces an earlier one of
 * the same name, in the archiver's order: model file, weights, handler, extra files, requirements, configuration.
 *
 * @throws ModelDeckError `not-found` naming the field and the file
 */
export async function archiveLayout(folder: string, spec: ModelSpec): Promise<readonly LayoutEntry[]> {
  const entries = new Map<string, LayoutEntry>();
  const add = (found: readonly LayoutEntry[]): void => {
    for (const entry of found) entries.set(entry.name, entry);
  };
  if (spec.architecture !== undefined) add([{ name: networkFileName, content: networkSource(spec.architecture) }]);
  else if (spec.modelFile !== undefined) add(await oneFile(folder, 'modelFile', spec.modelFile));
  if (spec.weights !== undefined) {
    add(await weightsEntry(folder, spec, spec.weights));
    add(await externalWeights(path.resolve(folder, spec.weights)));
  }
  const generated = generatedHandler(spec.handler);
  if (generated !== undefined) add(generatedFiles(generated, spec));
  else if (!builtInHandlers.includes(spec.handler)) add(await oneFile(folder, 'handler', handlerFile(spec.handler)));
  if (spec.labels !== undefined) add([await packageLabels(folder, spec.labels)]);
  for (const pattern of spec.extraFiles ?? []) {
    for (const relative of await expand(folder, pattern)) add(await fileOrFolder(folder, relative));
  }
  if (spec.requirements !== undefined) add(await oneFile(folder, 'requirements', spec.requirements));
  if (spec.configFile !== undefined) add(await oneFile(folder, 'configFile', spec.configFile));
  return [...entries.values()];
}

/** The Python file of a handler argument: `:function` stripped, `.py` added, as the archiver does. */
export function handlerFile(handler: string): string {
  const file = handler.replace(/:\w+$/, '');
  return file.includes('.py') ? file : `${file}.py`;
}

/** Folders that the archiver skips while it zips: caches, resource forks, hidden folders. */
function isExcluded(folder: string): boolean {
  return folder === '__MACOSX' || folder === '__pycache__' || folder.startsWith('.');
}

async function oneFile(folder: string, field: string, relative: string): Promise<FileEntry[]> {
  const file = path.resolve(folder, relative);
  try {
    const { size, mtimeMs } = await stat(file);
    return [{ name: path.basename(file), file, size, mtimeMs }];
  } catch (error) {
    throw fileError(error, `read the ${field} of the model`, file);
  }
}

/** The entry of the weights, under the name that TorchServe loads them by. */
export async function weightsEntry(folder: string, spec: ModelSpec, weights: string): Promise<LayoutEntry[]> {
  const entries = await oneFile(folder, 'weights', weights);
  const name = await weightsName(folder, spec, weights);
  return entries.map((entry) => ({ ...entry, name, isWeights: true }));
}

async function fileOrFolder(folder: string, relative: string): Promise<LayoutEntry[]> {
  const where = path.resolve(folder, relative);
  const isFolder = await stat(where).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      throw fileError(error, 'read the extraFiles of the model', where);
    },
  );
  if (!isFolder) return oneFile(folder, 'extraFiles', relative);
  return (await filesBelow(where)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The files of a folder and its sub-folders, through links, as the archiver copies them.
 * @param above the folders that it is in, without links
 */
async function filesBelow(folder: string, prefix = '', above: readonly string[] = []): Promise<LayoutEntry[]> {
  const entries: LayoutEntry[] = [];
  const real = await realpath(folder);
  if (above.includes(real)) {
    throw new ModelDeckError('invalid-input', `extraFiles: ${folder} is a link to a folder that it is in.`, {
      remedy: 'Remove the link, or name the files that are meant.',
      location: { path: folder },
    });
  }
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const stats = await stat(file).catch((error: unknown) => {
      throw fileError(error, 'read the extraFiles of the model', file);
    });
    if (stats.isFile()) entries.push({ name: prefix + name, file, size: stats.size, mtimeMs: stats.mtimeMs });
    else if (stats.isDirectory() && !isExcluded(name))
      entries.push(...(await filesBelow(file, `${prefix}${name}/`, [...above, real])));
  }
  return entries;
}

async function expand(folder: string, pattern: string): Promise<readonly string[]> {
  const found = await matchingPaths(folder, pattern);
  if (found.length > 0) return found;
  throw new ModelDeckError('not-found', `extraFiles: ${pattern} matches no file in ${folder}.`, {
    remedy: 'Fix the pattern in model-deck.yaml, or take it out.',
  });
}
