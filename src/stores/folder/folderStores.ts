import type { StoreKind } from '../stores.ts';
import { parseFolderRef, type FolderRef } from './folderRef.ts';

/**
 * Stores in folders of this computer.
 * @param folder absolute path of the one that the settings name; asked each time
 */
export function folderStores(folder: () => string): StoreKind<FolderRef> {
  return {
    kind: 'folder',
    label: 'Folder',
    parse: parseFolderRef,
    known: () => Promise.resolve([{ kind: 'folder', folder: folder() }]),
    open: async (ref) => {
      const { FolderStore } = await import('../index.ts');
      return new FolderStore(ref.folder);
    },
  };
}
