import type { ModelSpec } from '../../spec/modelSpec.ts';
import { archiveLayout } from '../torchserve/archiveLayout.ts';
import { builtInHandlers } from '../torchserve/handlers/builtInHandlers.ts';
import type { FolderEntry } from './folderEntry.ts';

/**
 * The extra files of a spec, such as licences, laid out as in an archive. What the package has already under that name, or
 * takes from the same file, is not taken twice.
 *
 * @param prefix folder in the package with its `/`, or empty
 * @throws ModelDeckError `not-found` naming the file
 */
export async function extraEntries(
  folder: string,
  { name, version, extraFiles }: ModelSpec,
  prefix: string,
  entries: readonly FolderEntry[],
): Promise<readonly FolderEntry[]> {
  const [handler = ''] = builtInHandlers;
  const laidOut = extraFiles === undefined ? [] : await archiveLayout(folder, { name, version, handler, extraFiles });
  return laidOut.flatMap((entry) => {
    if (!('file' in entry)) return [];
    const path = `${prefix}${entry.name}`;
    const isThere = entries.some((one) => one.path === path || ('file' in one && one.file === entry.file));
    return isThere ? [] : [{ path, file: entry.file }];
  });
}
