import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { sha256OfFile } from '../../../foundation/sha256OfFile.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { sha256OfFiles, type ModelPackage, type PackageFile } from '../../modelPackage.ts';
import type { FolderRecord } from './folderRecord.ts';
import { byPath, sizeOf } from './writeFolder.ts';

/** What a store puts beside the files of a model: no part of it. */
const storeRecord = 'model-deck.json';

/** More files than a model repository has: it is a folder of something else. */
const mostFiles = 5000;

/**
 * Takes a folder as a package, as it is.
 * @param folder absolute path of what the server mounts
 * @param about what its kind has read of it
 * @param from absolute; files are taken from here on, with their paths below `folder`; the folder itself when left out
 * @throws ModelDeckError `not-found`, `invalid-input`, `cancelled`, what the file system says
 */
export async function adoptFolder(
  folder: string,
  about: FolderRecord,
  task: Task = {},
  from = folder,
): Promise<ModelPackage> {
  const files: PackageFile[] = [];
  for (const file of await filesBelow(from, path.relative(folder, from).split(path.sep).join('/'), task)) {
    if (file.path === storeRecord) continue;
    files.push({ ...file, sha256: await hashOf(path.join(folder, ...file.path.split('/')), task) });
  }
  files.sort(byPath);
  return { ...about, folder, files, size: sizeOf(files), sha256: sha256OfFiles(files) };
}

async function hashOf(file: string, task: Task): Promise<string> {
  try {
    return await sha256OfFile(file, task);
  } catch (error) {
    throw fileError(error, 'read the package', file);
  }
}

/** The files of a folder and of those below it, through links; hidden ones and caches of Python are none of the model. */
async function filesBelow(
  folder: string,
  prefix: string,
  task: Task,
  above: readonly string[] = [],
): Promise<readonly Omit<PackageFile, 'sha256'>[]> {
  throwIfCancelled(task);
  const files: Omit<PackageFile, 'sha256'>[] = [];
  try {
    const real = await realpath(folder);
    if (above.includes(real)) {
      throw new ModelDeckError('invalid-input', `${folder} is a link to a folder that it is in.`, {
        remedy: 'Remove the link.',
        location: { path: folder },
      });
    }
    for (const name of (await readdir(folder)).sort()) {
      if (name.startsWith('.') || name === '__pycache__') continue;
      const inner = path.join(folder, name);
      const relative = prefix === '' ? name : `${prefix}/${name}`;
      const stats = await stat(inner);
      if (stats.isFile()) files.push({ path: relative, size: stats.size });
      if (stats.isDirectory()) files.push(...(await filesBelow(inner, relative, task, [...above, real])));
      if (files.length > mostFiles) throw tooMany(folder);
    }
    return files;
  } catch (error) {
    throw fileError(error, 'read the package', folder);
  }
}

function tooMany(folder: string): ModelDeckError {
  return new ModelDeckError('invalid-input', `${folder} has more than ${mostFiles} files: it is no model repository.`, {
    remedy: 'Choose the folder of the model itself.',
    location: { path: folder },
  });
}
