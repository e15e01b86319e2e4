import { kserveAnnotations } from './annotations.ts';
import { parseDeploymentMode, type DeploymentMode } from './inferenceServiceConfig.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/** Conditions that only Knative mode has (KServe `pkg/apis/serving/v1beta1/inference_service_status.go`). */
const knativeConditions =
  /^(?:LatestDeploymentReady|RoutesReady|(?:Predictor|Transformer|Explainer)(?:Configuration|Route)Ready|ExplainerRoutesReady)$/;

/**
 * How KServe runs a service, by everything that the object tells: `status.deploymentMode` (KServe 0.16 and newer), then the
 * conditions and revisions that only Knative has (an older KServe names no mode), then the annotation, which older
 * versions do not need.
 *
 * @returns undefined when the object does not tell, for example before KServe has looked at it
 */
export function deploymentModeOf({ metadata, status }: InferenceService): DeploymentMode | undefined {
  const said = parseDeploymentMode(status?.deploymentMode);
  if (said !== undefined) return said;
  const hasRevisions = Object.values(status?.components ?? {}).some(
    (component) => component.latestCreatedRevision !== undefined || component.latestReadyRevision !== undefined,
  );
  if (hasRevisions || (status?.conditions ?? []).some(({ type }) => knativeConditions.test(type))) return 'Knative';
  return parseDeploymentMode(metadata.annotations?.[kserveAnnotations.deploymentMode]);
}
