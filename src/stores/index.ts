/** Places that keep packaged models. */
export { FolderStore } from './folder/folderStore.ts';
export { ClaimStore, type ClaimStoreOptions } from './claim/claimStore.ts';
export { sweepUploadPods } from './claim/sweep.ts';
export type { UploadStep } from './modelStore.ts';
