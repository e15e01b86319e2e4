import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './makeFolder.ts';

/** A name beside `destination` for what is being written, so that half of it never looks whole. */
export function partialName(destination: string): string {
  return `${destination}.${randomBytes(4).toString('hex')}.part`;
}

/**
 * Makes something beside its place and moves it there when it is whole. When making or moving it fails, what was made goes
 * away again, and what was there before stays.
 *
 * @param make writes the file or folder that it is given
 * @param move puts what was made into its place
 * @throws what `make` throws, and the operating system's error
 */
export async function replaceWhole<T>(
  destination: string,
  make: (partial: string) => Promise<T>,
  move: (partial: string, destination: string) => Promise<void> = rename,
): Promise<T> {
  const partial = partialName(destination);
  try {
    await makeFolder(path.dirname(destination));
    const made = await make(partial);
    await move(partial, destination);
    return made;
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * The same for a folder, which may be there already with files in it: the old one is moved aside, and comes back when the new
 * one cannot take its place.
 *
 * @param make fills the folder that it is given, which is there
 * @throws what `make` throws, and the operating system's error
 */
export function replaceFolder<T>(destination: string, make: (partial: string) => Promise<T>): Promise<T> {
  const fill = async (partial: string): Promise<T> => {
    await makeFolder(partial);
    return make(partial);
  };
  return replaceWhole(destination, fill, moveOverFolder);
}

async function moveOverFolder(partial: string, destination: string): Promise<void> {
  const old = partialName(destination);
  const isReplaced = await isMoved(destination, old);
  await rename(partial, destination).catch(async (error: unknown) => {
    if (isReplaced) await rename(old, destination);
    throw error;
  });
  await rm(old, { recursive: true, force: true });
}

/** @returns false when there is nothing to move */
async function isMoved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Writes a file as a whole: readers see the old content or the new, never a part.
 * @param mode of a new file, for example `0o600` where it holds a secret
 * @throws the operating system's error
 */
export function writeWhole(file: string, content: string | Uint8Array, mode?: number): Promise<void> {
  return replaceWhole(file, (partial) => writeFile(partial, content, mode === undefined ? {} : { mode }));
}
