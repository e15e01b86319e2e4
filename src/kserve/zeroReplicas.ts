import { kserveAnnotations } from './annotations.ts';
import type { DeploymentMode } from './inferenceServiceConfig.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/**
 * Why a service that is scaled to zero keeps a pod; undefined where nothing keeps it. An HPA makes 1 of 0, only KEDA passes
 * it on (kserve#3514).
 */
export function zeroReplicasProblem(
  { metadata, spec }: InferenceService,
  mode: DeploymentMode | undefined,
): string | undefined {
  if (mode !== 'Standard' || spec.predictor.minReplicas !== 0) return undefined;
  if (metadata.annotations?.[kserveAnnotations.autoscalerClass] === 'keda') return undefined;
  return 'minReplicas 0 has no effect in Standard mode without KEDA: one pod stays. Stop the service to have none.';
}
