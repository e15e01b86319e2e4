import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and those above it. Node's recursive `mkdir` says ENOENT on a read-only file system; here the error
 * is the operating system's own (EROFS), so that the user is not sent looking for a folder that is there.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') await makeOneByOne(path.resolve(folder));
    else throw error;
  }
}

async function makeOneByOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeOneByOne(path.dirname(folder));
    await mkdir(folder);
  }
}
