import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';
import type { Container } from './core.ts';

/** `serving.kserve.io/v1alpha1` ClusterStorageContainer: what fetches models of certain storage URIs. */
export interface ClusterStorageContainer extends KubeObject {
  readonly spec: {
    readonly container: Container;
    readonly supportedUriFormats?: readonly { readonly prefix?: string; readonly regex?: string }[];
    readonly workloadType?: 'initContainer' | 'localModelDownloadJob';
  };
  /** Beside `spec`, not in it. */
  readonly disabled?: boolean;
}

export const clusterStorageContainers: ResourceType<ClusterStorageContainer> = {
  group: 'serving.kserve.io',
  version: 'v1alpha1',
  kind: 'ClusterStorageContainer',
  plural: 'clusterstoragecontainers',
  namespaced: false,
};
