import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Files below a folder, relative to the root, with slashes. */
export function filesBelow(root, folder, isWanted = () => true) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isWanted(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}
