import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';

/** `storage.k8s.io/v1` StorageClass, the part that we read. */
export interface StorageClass extends KubeObject {
  readonly provisioner?: string;
  /** With `WaitForFirstConsumer` a claim is pending until the first pod uses it. */
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
}

export const storageClasses: ResourceType<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
};
