export type * from './clusterConnection.ts';
export { fieldConflicts, isExpired, isKindMissing, type FieldConflict } from './clusterErrors.ts';
export { execPluginOf, type ExecPlugin } from './execPlugin.ts';
export { kubeconfigPaths, readContexts, type KubeContext } from './kubeconfig.ts';
export { openConnection, type ConnectionOptions } from './openConnection.ts';
export { openLiveList, rowKey, type LiveListQuery } from './openLiveList.ts';
export type * from './liveList.ts';
export type * from './resource.ts';
export { watchKubeconfig } from './watchKubeconfig.ts';
