import { ModelDeckError } from '../../../foundation/error.ts';
import { canaryOf, componentOf, conditionOf, deploymentModeOf, isPodReady } from '../../../kserve/index.ts';
import type { ContainerStatus, KubeEvent, Pod } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { DeployStep } from '../../target.ts';
import { markOf } from '../plan/prepareDeployment.ts';

/** What is seen of an InferenceService at a moment. */
export interface DeploymentView {
  /** Undefined when there is none. */
  readonly service: InferenceService | undefined;
  /** Of the service, all components, old and new. */
  readonly pods: readonly Pod[];
  /** About the service and what KServe made for it. */
  readonly events: readonly KubeEvent[];
}

/** What is waited for. */
export interface Awaited {
  readonly name: string;
  readonly uid: string;
  /** Of the apply; empty for a service that was not deployed by us: any of its pods will do then. */
  readonly mark: string;
  /** Server's time of the apply, RFC 3339: pods without marks are new when they are not older. */
  readonly since?: string | undefined;
}

export type ServingState =
  | { readonly kind: 'waiting'; readonly step: DeployStep; readonly done?: number; readonly total?: number }
  /** The newest pod of the version whose server runs: the model can be asked. */
  | { readonly kind: 'running'; readonly pod: Pod; readonly isReady: boolean }
  /** Nothing runs because nothing has to: it is scaled to zero. */
  | { readonly kind: 'asleep' };

/** @throws ModelDeckError `not-found` when it is gone, `conflict` when somebody else has deployed the name meanwhile */
export function servingState({ service, pods }: DeploymentView, awaited: Awaited): ServingState {
  if (!service || service.metadata.uid !== awaited.uid || service.metadata.deletionTimestamp !== undefined) {
    throw new ModelDeckError('not-found', `${awaited.name} was deleted by somebody else while it was starting.`, {
      remedy: 'Deploy it again if it is still wanted.',
    });
  }
  if (markOf(service) !== awaited.mark) {
    throw new ModelDeckError('conflict', `Somebody else deployed ${awaited.name} while it was starting.`, {
      remedy: 'Their version is being served now. Look at it before you deploy yours again.',
    });
  }
  const own = newPods(service, pods, awaited);
  if (own.length === 0) {
    const isReady = conditionOf(service, 'Ready')?.status === 'True';
    const mayRest = service.spec.predictor.minReplicas === 0 && isReady;
    if (mayRest) return { kind: 'asleep' };
    const isSeen = (service.status?.conditions ?? []).length > 0;
    return { kind: 'waiting', step: isSeen ? 'wait-scheduled' : 'wait-controller' };
  }
  const running = own.filter(({ status }) => status?.containerStatuses?.some(isServerRunning));
  const [pod] = running.sort((a, b) => Number(isPodReady(b)) - Number(isPodReady(a)));
  if (pod) return { kind: 'running', pod, isReady: isPodReady(pod) && isRolledOut(service, pods, awaited) };
  const scheduled = own.filter(({ spec }) => spec?.nodeName !== undefined);
  if (scheduled.length === 0) return { kind: 'waiting', step: 'wait-scheduled' };
  return { kind: 'waiting', step: 'wait-containers', ...containersThrough(scheduled) };
}

/** Pods of the stable predictor that were made for this deploy and are not on their way out; newest first. */
export function newPods(service: InferenceService, pods: readonly Pod[], awaited: Awaited): Pod[] {
  return pods
    .filter(
      (pod) => isStablePredictor(service, pod) && pod.metadata.deletionTimestamp === undefined && isNew(pod, awaited),
    )
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
}

/** KServe says Ready of a service whose old pods answer; so its word counts only once these are leaving. */
function isRolledOut(service: InferenceService, pods: readonly Pod[], awaited: Awaited): boolean {
  if (conditionOf(service, 'Ready')?.status !== 'True') return false;
  // Knative keeps an old revision for a while after it has sent the last request to it.
  if (deploymentModeOf(service) === 'Knative') return true;
  return !pods.some(
    (pod) => isStablePredictor(service, pod) && pod.metadata.deletionTimestamp === undefined && !isNew(pod, awaited),
  );
}

/** A canary goes on as it is: it neither keeps a deploy from being ready, nor makes it so. */
function isStablePredictor(service: InferenceService, pod: Pod): boolean {
  return (componentOf(pod) ?? 'predictor') === 'predictor' && canaryOf(service, pod) === undefined;
}

function isNew(pod: Pod, { mark, since }: Awaited): boolean {
  if (mark === '') return true;
  const own = markOf(pod);
  // A cluster can be told not to copy annotations to pods (serviceAnnotationDisallowedList).
  if (own === '') return since !== undefined && (pod.metadata.creationTimestamp ?? '') >= since;
  return own === mark;
}

function isServerRunning({ name, state }: ContainerStatus): boolean {
  return state?.running !== undefined && name !== 'queue-proxy' && name !== 'agent' && name !== 'modelcar';
}

function containersThrough(pods: readonly Pod[]): { readonly done: number; readonly total: number } {
  const all = pods.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  const through = all.filter(({ state }) => state?.running !== undefined || state?.terminated?.exitCode === 0);
  return { done: through.length, total: Math.max(1, all.length) };
}
