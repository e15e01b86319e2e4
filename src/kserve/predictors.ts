import { kserveLabels } from './annotations.ts';
import { isRecord } from '../foundation/json.ts';
import type { KubeObject } from '../cluster/objects/resource.ts';
import type { InferenceService, Predictor } from './resources/inferenceService.ts';

/** A predictor that is tried beside the stable one (KServe v0.20, `spec.canary`; Standard mode only). */
export interface Canary {
  /** Unique in its service. */
  readonly name: string;
  readonly trafficPercent: number;
  /** What it has otherwise than the stable one. */
  readonly predictor: Predictor;
}

/** The canaries of a service. What has no name is none: KServe refuses it. */
export function canariesOf({ spec }: Pick<InferenceService, 'spec'>): readonly Canary[] {
  const listed = spec['canary'];
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry: unknown): Canary[] => {
    const predictor = isRecord(entry) ? entry['predictor'] : undefined;
    if (!isRecord(entry) || !isRecord(predictor) || typeof predictor['name'] !== 'string') return [];
    const { trafficPercent } = entry;
    return [
      { name: predictor['name'], trafficPercent: typeof trafficPercent === 'number' ? trafficPercent : 0, predictor },
    ];
  });
}

/** What KServe calls the Deployment and Service of a predictor (`PredictorServiceName`). @param canary the stable one's when left out */
export function predictorServiceName({ metadata, spec }: InferenceService, canary?: string): string {
  const stable = spec.predictor['name'];
  const own = canary ?? (typeof stable === 'string' ? stable : '');
  return [metadata.name, own, 'predictor'].filter((part) => part !== '').join('-');
}

/**
 * The canary that an object belongs to: a pod by its label `app`, in Standard mode `isvc.<service>` (`GetRawServiceLabel`).
 * @returns undefined for what is of the stable predictor, or of another component
 */
export function canaryOf(service: InferenceService, { metadata }: KubeObject): string | undefined {
  const app = metadata.labels?.['app'];
  return canariesOf(service).find(({ name }) => app === `isvc.${predictorServiceName(service, name)}`)?.name;
}

/**
 * The name of the predictor that a pod is of, in Standard mode: a canary has one, the stable one may have.
 * @returns undefined for one without a name, and for another component
 */
export function predictorNameOf({ metadata }: KubeObject): string | undefined {
  const { app = '', [kserveLabels.inferenceService]: service = '' } = metadata.labels ?? {};
  const [start, end] = [`isvc.${service}-`, '-predictor'];
  const hasName = app.startsWith(start) && app.endsWith(end) && app.length > start.length + end.length;
  return hasName ? app.slice(start.length, -end.length) : undefined;
}

/** Whether an object of this name was made for a canary: a pod, ReplicaSet, Deployment. */
export function isNamedForCanary(service: InferenceService, objectName: string): boolean {
  return canariesOf(service).some(({ name }) => `${objectName}-`.startsWith(`${predictorServiceName(service, name)}-`));
}
