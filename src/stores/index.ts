/** Places that keep packaged models. */
export { FolderStore } from './folderStore.ts';
export type { ModelStore, StoredModel, UploadStep } from './modelStore.ts';
