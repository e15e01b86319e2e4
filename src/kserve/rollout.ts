import { kserveAnnotations, modelDeckAnnotations } from './annotations.ts';
import { servedModelOf } from './servedModel.ts';
import type { KubeObject } from '../cluster/objects/resource.ts';
import type { Deployment } from './resources/core.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/**
 * Whether the Deployment of the predictor serves what the InferenceService asks for, with every pod of an earlier
 * version gone. KServe copies the storage URI and our annotations into the pods.
 */
export function isRolledOut(service: InferenceService, deployment: Deployment): boolean {
  const { metadata, spec, status } = deployment;
  if (!carriesSameModel(service, { name: '', annotations: spec?.template?.metadata?.annotations ?? {} })) return false;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas;
}

/** Whether a pod was made for the version that the InferenceService asks for now. */
export function servesWantedVersion(service: InferenceService, pod: KubeObject): boolean {
  return carriesSameModel(service, pod.metadata);
}

const compared = [modelDeckAnnotations.modelVersion, modelDeckAnnotations.archiveSha256];

function carriesSameModel(service: InferenceService, { annotations = {} }: KubeObject['metadata']): boolean {
  const wantedUri = servedModelOf(service)?.storageUri;
  const uri = annotations[kserveAnnotations.storageSourceUri];
  if (wantedUri !== undefined && uri !== undefined && uri !== wantedUri) return false;
  const wanted = service.metadata.annotations ?? {};
  // A cluster can be told not to copy an annotation (serviceAnnotationDisallowedList): a missing one says nothing.
  return compared.every((key) => annotations[key] === undefined || annotations[key] === wanted[key]);
}
