import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';

/** `serving.kserve.io/v1alpha1` TrainedModel: a model that is loaded into a service that is there. */
export interface TrainedModel extends KubeObject {
  readonly spec?: { readonly inferenceService?: string };
}

export const trainedModels: ResourceType<TrainedModel> = {
  group: 'serving.kserve.io',
  version: 'v1alpha1',
  kind: 'TrainedModel',
  plural: 'trainedmodels',
  namespaced: true,
};
