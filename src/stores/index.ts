/** Places that keep packaged models. */
export { FolderStore } from './folderStore.ts';
export { PvcStore, type PvcStoreOptions } from './pvc/pvcStore.ts';
export { sweepUploadPods } from './pvc/sweep.ts';
export type { ModelStore, StoredModel, UploadStep } from './modelStore.ts';
