import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { FoundFolder } from './otherFormats/otherFormat.ts';
import { formatOfFolder } from './otherFormats/findOtherFormats.ts';

export interface FolderFiles {
  /** Files, relative with `/`; those further up first, then by name. */
  readonly files: readonly string[];
  /** Folders that are models themselves, such as TensorFlow's SavedModel. */
  readonly modelFolders: readonly FoundFolder[];
  /** Links whose target is not there. */
  readonly brokenLinks: readonly { readonly path: string; readonly target: string }[];
  /** What was not looked at, in a sentence; missing where everything was. */
  readonly limit?: string;
}

/** Levels below the folder that are looked into: `runs/classify/train/weights/best.onnx` has four. */
const levels = 6;
/** A folder with more files than this has its data in it, and its listing would take long. */
const mostFiles = 200_000;
/** Our own output, and what tools put beside a model. */
const skipped = new Set(['package', 'node_modules', '__pycache__', '__MACOSX', 'venv', 'env', 'site-packages']);

/** A folder on the way down. */
interface Place {
  readonly relative: string;
  readonly isLink: boolean;
}

/**
 * The files of a folder and of those below it, level by level, so that a bound leaves out what lies deepest.
 *
 * @param folder absolute
 * @throws ModelDeckError `not-found`, `permission` for the folder itself; sub-folders that cannot be read are passed over
 */
export async function listFolder(folder: string, task: Task = {}): Promise<FolderFiles> {
  const files: string[] = [];
  const modelFolders: FoundFolder[] = [];
  const brokenLinks: { path: string; target: string }[] = [];
  const visited = new Set<string>();
  let isFull = false;
  let current: Place[] = [{ relative: '', isLink: false }];
  for (let level = 0; level <= levels && current.length > 0; level += 1) {
    const below: Place[] = [];
    for (const { relative: parent } of current) {
      throwIfCancelled(task);
      if (isFull || (await isVisited(path.join(folder, parent), visited))) continue;
      const items = await entriesOf(folder, parent);
      const names = items.map((item) => item.name);
      if (isEnvironment(names)) continue;
      const format = formatOfFolder(path.basename(path.join(folder, parent)), names);
      if (format !== undefined) {
        modelFolders.push({ path: parent === '' ? '.' : parent, format });
        if (parent !== '') continue;
      }
      for (const item of items) {
        const relative = path.posix.join(parent, item.name);
        const isLink = item.isSymbolicLink();
        const kind = await kindOf(path.join(folder, relative), item);
        if (kind === 'folder' && !isSkipped(item.name)) below.push({ relative, isLink });
        if (kind === 'broken-link') {
          brokenLinks.push({ path: relative, target: await readlink(path.join(folder, relative)).catch(() => '') });
        }
        if (kind !== 'file') continue;
        isFull ||= files.length >= mostFiles;
        if (!isFull) files.push(relative);
      }
    }
    // A folder that is reached by a link as well goes by its own name.
    current = [...below.filter(({ isLink }) => !isLink), ...below.filter(({ isLink }) => isLink)];
  }
  const limit = limitOf(isFull, current.length > 0);
  return { files, modelFolders, brokenLinks, ...(limit !== undefined && { limit }) };
}

/** Of Python: by venv or by conda. */
function isEnvironment(names: readonly string[]): boolean {
  return names.includes('pyvenv.cfg') || names.includes('conda-meta');
}

function isSkipped(name: string): boolean {
  return skipped.has(name) || name.startsWith('.');
}

function limitOf(isFull: boolean, isDeeper: boolean): string | undefined {
  if (isFull) return `Only the first ${mostFiles} files were looked at: package the folder that the weights lie in.`;
  return isDeeper
    ? `Folders more than ${levels} levels down were not looked into: package the folder that the weights lie in.`
    : undefined;
}

/** Links to folders could go in circles, so each folder counts once. */
async function isVisited(folder: string, visited: Set<string>): Promise<boolean> {
  const real = await realpath(folder).catch(() => folder);
  return visited.size === visited.add(real).size;
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

/** Links count as what they lead to, as model hubs lay their caches out with them. */
async function kindOf(file: string, item: Dirent): Promise<'file' | 'folder' | 'broken-link' | 'other'> {
  if (item.isDirectory()) return 'folder';
  if (item.isFile()) return 'file';
  if (!item.isSymbolicLink()) return 'other';
  const target = await stat(file).catch(() => undefined);
  if (target === undefined) return 'broken-link';
  return target.isFile() ? 'file' : target.isDirectory() ? 'folder' : 'other';
}
