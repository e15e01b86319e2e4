/** Where models are served. */
export { ThisComputer } from './thisComputer/thisComputer.ts';
export type * from './target.ts';
export { openClusters } from './kserve/openClusters.ts';
export type { Clusters, KServeTarget } from './kserve/clusters.ts';
