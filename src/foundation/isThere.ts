import { stat } from 'node:fs/promises';

/** Whether there is anything at a place, through links; also false for what cannot be looked at. @param where absolute path */
export function isThere(where: string): Promise<boolean> {
  return stat(where).then(
    () => true,
    () => false,
  );
}

/** The same for a file alone. */
export function isFile(where: string): Promise<boolean> {
  return stat(where).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/** The same for a folder alone. */
export function isFolder(where: string): Promise<boolean> {
  return stat(where).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
