import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';

/** `serving.kserve.io/v1alpha1` InferenceGraph, the part that names services (KServe v0.20, `inference_graph.go`). */
export interface InferenceGraph extends KubeObject {
  readonly spec?: {
    readonly nodes?: Readonly<Record<string, { readonly steps?: readonly { readonly serviceName?: string }[] }>>;
  };
}

export const inferenceGraphs: ResourceType<InferenceGraph> = {
  group: 'serving.kserve.io',
  version: 'v1alpha1',
  kind: 'InferenceGraph',
  plural: 'inferencegraphs',
  namespaced: true,
};
