import path from 'node:path';
import { filesBelow } from './files.mjs';

/** Names that say the same of every folder that has them. */
const everywhere = ['index.ts'];

/**
 * Folders whose subfolders are of one kind, so that a file of one name plays the same role in each of them: one line a family.
 */
const families = ['src/packaging/kinds', 'src/stores', 'src/targets'];

/** Files under src/ that share a base name although they do not play the same role in sibling folders. */
export const names = {
  name: 'file names',
  remedy: 'Name the file after what sets it apart, or add the family of its folder in scripts/checks/names.mjs.',
  findings: ({ root }) => sharedNames(filesBelow(root, 'src', (name) => name.endsWith('.ts'))),
};

/** @param {readonly string[]} files paths with slashes */
export function sharedNames(files) {
  const byName = new Map();
  for (const file of files) {
    const name = path.posix.basename(file);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName]
    .filter(([name, found]) => found.length > 1 && !everywhere.includes(name) && !areSiblings(found))
    .map(([, found]) => found.join(' and '));
}

/** Whether each is in a subfolder of its own of one family. */
function areSiblings(files) {
  const [family, ...others] = files.map((file) => path.posix.dirname(path.posix.dirname(file)));
  return families.includes(family) && others.every((other) => other === family);
}
