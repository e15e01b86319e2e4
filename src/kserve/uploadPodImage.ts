import { readInferenceServiceConfig } from './inferenceServiceConfig.ts';
import type { ConfigMap } from './resources/core.ts';
import type { ClusterStorageContainer } from './resources/storageContainer.ts';

/** What a user may have been allowed to read. */
export interface ImageSources {
  /** `inferenceservice-config` of KServe's namespace. */
  readonly configMap?: ConfigMap | undefined;
  readonly storageContainers?: readonly ClusterStorageContainer[] | undefined;
}

/**
 * The image of the cluster's storage initializer, which every cluster that serves models can pull, also one without
 * internet; it has a shell and Python. KServe itself asks the ClusterStorageContainers first. Undefined when nothing tells.
 */
export function storageInitializerImage({ configMap, storageContainers = [] }: ImageSources): string | undefined {
  const usable = storageContainers.filter(
    ({ disabled, spec }) => disabled !== true && (spec.workloadType ?? 'initContainer') === 'initContainer',
  );
  const byDefault = usable.find(({ metadata }) => metadata.name === 'default') ?? usable[0];
  const image = byDefault?.spec.container.image;
  if (image !== undefined && image !== '') return image;
  return configMap && readInferenceServiceConfig(configMap).storageInitializerImage;
}
