import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';
import type { Container } from './core.ts';

/** `serving.kserve.io/v1alpha1` ServingRuntime or ClusterServingRuntime. */
export interface ServingRuntime extends KubeObject {
  readonly spec: ServingRuntimeSpec;
}

export interface ServingRuntimeSpec {
  readonly containers?: readonly Container[];
  readonly supportedModelFormats?: readonly SupportedModelFormat[];
  readonly protocolVersions?: readonly string[];
  readonly multiModel?: boolean;
  readonly disabled?: boolean;
  readonly [field: string]: unknown;
}

export interface SupportedModelFormat {
  readonly name: string;
  readonly version?: string;
  readonly autoSelect?: boolean;
  readonly priority?: number;
}

export const servingRuntimes: ResourceType<ServingRuntime> = {
  group: 'serving.kserve.io',
  version: 'v1alpha1',
  kind: 'ServingRuntime',
  plural: 'servingruntimes',
  namespaced: true,
};

export const clusterServingRuntimes: ResourceType<ServingRuntime> = {
  ...servingRuntimes,
  kind: 'ClusterServingRuntime',
  plural: 'clusterservingruntimes',
  namespaced: false,
};
