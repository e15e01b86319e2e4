import { readProvenance } from './annotations.ts';
import { canariesOf } from './predictors.ts';
import { servedModelOf } from './servedModel.ts';
import { storageUrisOf } from './storagePlaces.ts';
import { crashingPods, serviceStatus, type ServiceState } from './serviceStatus.ts';
import type { PodHealth } from './podHealth.ts';
import type { Condition } from './resources/core.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/** What a list needs of an InferenceService; small, since a cluster may have ten thousand. */
export interface ServiceSummary {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly state: ServiceState;
  readonly word?: string;
  readonly reason: string;
  readonly answers: boolean;
  /** RFC 3339. */
  readonly createdAt?: string;
  readonly since?: string;
  readonly url?: string;
  /** That KServe took, or that was named; left out before it has chosen. */
  readonly runtime?: string;
  /** As asked for; `v1` is KServe's default for most formats. */
  readonly protocol?: string;
  readonly format?: string;
  readonly storageUri?: string;
  /** Every other place that models come from: canaries, a transformer. */
  readonly otherPlaces?: readonly string[];
  /** For the reader: `next 10%`, `next 10%, not ready`. */
  readonly canaries?: readonly string[];
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Ready pods of the predictor, as KServe counts them. */
  readonly readyReplicas?: number;
  /** The condition that changed last, as `Type=Status` and its reason. */
  readonly lastCondition?: string;
  readonly deploymentMode?: string;
  readonly modelName?: string;
  readonly version?: string;
  readonly sha256?: string;
  readonly hasTransformer: boolean;
  readonly hasExplainer: boolean;
}

export function serviceSummary(service: InferenceService): ServiceSummary {
  const { metadata, spec, status } = service;
  const { predictor } = spec;
  const model = servedModelOf(service);
  const otherPlaces = storageUrisOf(service).filter((uri) => uri !== model?.storageUri);
  const canaries = canaryWords(service);
  const provenance = readProvenance(service);
  const { state, word, reason, since, answers } = serviceStatus(service);
  const optional = {
    word,
    createdAt: metadata.creationTimestamp,
    since,
    url: status?.url,
    runtime: runtimeOf(service),
    protocol: model?.protocolVersion,
    format: model?.modelFormat.name,
    storageUri: model?.storageUri,
    otherPlaces: otherPlaces.length === 0 ? undefined : otherPlaces,
    canaries: canaries.length === 0 ? undefined : canaries,
    minReplicas: predictor.minReplicas,
    maxReplicas: predictor.maxReplicas,
    readyReplicas: status?.modelStatus?.copies?.totalCopies,
    lastCondition: lastCondition(status?.conditions ?? []),
    deploymentMode: status?.deploymentMode,
    modelName: provenance.modelName,
    version: provenance.modelVersion,
    sha256: provenance.archiveSha256,
  };
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    state,
    reason,
    answers,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as object),
    hasTransformer: spec.transformer !== undefined,
    hasExplainer: spec.explainer !== undefined,
  };
}

/** The canaries of a service with their share, for the reader. */
export function canaryWords(service: InferenceService): readonly string[] {
  const told = service.status?.canaryStatuses ?? [];
  return canariesOf(service).map(({ name, trafficPercent }) => {
    const isReady = told.find((status) => status.name === name)?.ready;
    return `${name} ${trafficPercent}%${isReady === false ? ', not ready' : ''}`;
  });
}

/** The row with what the pods tell beside it: a service is not ready while they crash, whatever KServe says. */
export function withPodHealth(summary: ServiceSummary, pods: readonly PodHealth[]): ServiceSummary {
  const crashing = summary.state === 'ready' ? crashingPods(pods) : undefined;
  return crashing === undefined ? summary : { ...summary, state: 'failed', ...crashing };
}

/** The runtime's name, whichever scope it has. */
export function runtimeOf({ spec, status }: InferenceService): string | undefined {
  const named = [status?.servingRuntimeName, status?.clusterServingRuntimeName, servedModelOf({ spec })?.runtime];
  return named.find((name) => name !== undefined && name !== '');
}

function lastCondition(conditions: readonly Condition[]): string | undefined {
  const time = (condition: Condition): string => condition.lastTransitionTime ?? '';
  const [last] = [...conditions].sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
  if (last === undefined) return undefined;
  return `${last.type}=${last.status}${last.reason === undefined || last.reason === '' ? '' : ` (${last.reason})`}`;
}
