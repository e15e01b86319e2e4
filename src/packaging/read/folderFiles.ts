import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';

export interface FolderFiles {
  /** Files, relative with `/`; those further up first, then by name. */
  readonly files: readonly string[];
  /** Folders that are models themselves: TensorFlow's SavedModel. */
  readonly savedModels: readonly string[];
}

/** Levels below the folder that are looked into: `model/weights/net.pth`. */
const levels = 2;
/** A folder with more files than this is no model folder, and its listing would take long. */
const mostFiles = 5000;
/** Our own output, and what tools put beside a model. */
const skipped = new Set(['package', 'node_modules', '__pycache__', '__MACOSX', 'venv', 'env', 'site-packages']);

/** @throws ModelDeckError `not-found`, `permission` for the folder itself; sub-folders that cannot be read are passed over */
export async function listFolder(folder: string, task: Task = {}): Promise<FolderFiles> {
  const files: string[] = [];
  const savedModels: string[] = [];
  let current = [''];
  for (let level = 0; level <= levels && current.length > 0; level += 1) {
    const below: string[] = [];
    for (const parent of current) {
      throwIfCancelled(task);
      const items = await entriesOf(folder, parent);
      if (items.some((item) => item.name === 'pyvenv.cfg')) continue;
      if (items.some((item) => item.name === 'saved_model.pb')) {
        savedModels.push(parent === '' ? '.' : parent);
        if (parent !== '') continue;
      }
      for (const item of items) {
        const relative = path.posix.join(parent, item.name);
        const kind = await kindOf(folder, relative, item);
        if (kind === 'folder' && !skipped.has(item.name) && !item.name.startsWith('.')) below.push(relative);
        if (kind === 'file' && files.length < mostFiles) files.push(relative);
      }
    }
    current = below;
  }
  return { files, savedModels };
}

async function entriesOf(folder: string, relative: string): Promise<readonly Dirent[]> {
  try {
    const items = await readdir(path.join(folder, relative), { withFileTypes: true });
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (relative !== '') return [];
    throw fileError(error, 'read the model folder', folder);
  }
}

/** Links to files count as files, as model hubs lay their caches out with them; links to folders could go in circles. */
async function kindOf(folder: string, relative: string, item: Dirent): Promise<'file' | 'folder' | 'other'> {
  if (item.isDirectory()) return 'folder';
  if (item.isFile()) return 'file';
  if (!item.isSymbolicLink()) return 'other';
  const target = await stat(path.join(folder, relative)).catch(() => undefined);
  return target?.isFile() ? 'file' : 'other';
}
