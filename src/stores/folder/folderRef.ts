import { pathToFileURL } from 'node:url';
import type { StoreRef } from '../modelStore.ts';

/** A store in a folder. */
export interface FolderRef extends StoreRef {
  readonly kind: 'folder';
  /** Absolute. */
  readonly folder: string;
}

const prefix = 'folder:';

/** For example `folder:/home/ada/models`. */
export function formatFolderRef({ folder }: Pick<FolderRef, 'folder'>): string {
  return prefix + folder;
}

/** Undefined for the id of another kind of store. */
export function parseFolderRef(id: string): FolderRef | undefined {
  if (!id.startsWith(prefix) || id.length === prefix.length) return undefined;
  return { kind: 'folder', folder: id.slice(prefix.length) };
}

/** What a `storageUri` says for a folder of this computer. @param folder absolute path */
export function formatFolderUri(folder: string): string {
  return pathToFileURL(folder).href;
}

/** Whether a `storageUri` was made by {@link formatFolderUri}. KServe takes `file://` for a path in the server's own image. */
export function isFolderUri(storageUri: string): boolean {
  return storageUri.startsWith('file:');
}
