import { isStopRequested } from './annotations.ts';
import { isRolledOut } from './rollout.ts';
import type { Condition, Deployment } from './resources/core.ts';
import type { InferenceService } from './resources/inferenceService.ts';

export type ServiceState = 'starting' | 'ready' | 'stopped' | 'failed' | 'deleting';

export interface ServiceStatus {
  readonly state: ServiceState;
  /** One word when it is not healthy; KServe's own where it has one. */
  readonly word?: string;
  /** One or two sentences; empty when it is ready. */
  readonly reason: string;
  /** RFC 3339: since when it is so, as far as the object tells. */
  readonly since?: string;
  /** Whether something answers: also an earlier version while the new one starts, or has failed. */
  readonly answers: boolean;
}

/**
 * What an InferenceService is doing.
 *
 * @param deployment of its predictor, in Standard mode. KServe goes on saying `Ready` while a new version is rolled out,
 *   and its `observedGeneration` is the Deployment's (or Knative Service's), not that of the InferenceService, so that
 *   only the Deployment tells whether the version that answers is the one that is asked for. Without it a `Ready` is believed.
 */
export function serviceStatus(service: InferenceService, deployment?: Deployment): ServiceStatus {
  const { metadata, status } = service;
  const answers = conditionOf(service, 'Ready')?.status === 'True';
  if (metadata.deletionTimestamp !== undefined) {
    return {
      state: 'deleting',
      word: 'Terminating',
      reason: 'It is being deleted.',
      since: metadata.deletionTimestamp,
      answers,
    };
  }
  if (isStopRequested(service)) return stopped(service, answers);
  const failure = failureOf(service, answers);
  if (failure !== undefined) return { state: 'failed', ...failure, ...sinceOf(service), answers };
  if (answers) return readyOrUpdating(service, deployment);
  if (status?.conditions === undefined || status.conditions.length === 0) {
    return {
      state: 'starting',
      word: 'Pending',
      reason: "KServe's controller has not looked at it yet.",
      ...(metadata.creationTimestamp !== undefined && { since: metadata.creationTimestamp }),
      answers,
    };
  }
  return { state: 'starting', word: 'Starting', reason: waitingFor(service), ...sinceOf(service), answers };
}

export function conditionOf(service: InferenceService, type: string): Condition | undefined {
  return service.status?.conditions?.find((condition) => condition.type === type);
}

function stopped(service: InferenceService, answers: boolean): ServiceStatus {
  const condition = conditionOf(service, 'Stopped');
  const isDone = condition?.status === 'True';
  return {
    state: 'stopped',
    word: isDone ? 'Stopped' : 'Stopping',
    reason: isDone ? 'It was stopped; its definition is kept.' : 'It is being stopped.',
    ...(condition?.lastTransitionTime !== undefined && { since: condition.lastTransitionTime }),
    answers,
  };
}

function readyOrUpdating(service: InferenceService, deployment: Deployment | undefined): ServiceStatus {
  const isLoading = service.status?.modelStatus?.states?.targetModelState === 'Loading';
  if (isLoading || (deployment !== undefined && !isRolledOut(service, deployment))) {
    return {
      state: 'starting',
      word: 'Updating',
      reason: 'A new version is starting; the earlier one keeps answering.',
      answers: true,
    };
  }
  return { state: 'ready', reason: '', ...sinceOf(service), answers: true };
}

/** Reasons of the `Ready` conditions that waiting does not mend. Others, such as `MinimumReplicasUnavailable`, are a start. */
const finalReasons = ['ProgressDeadlineExceeded', 'FailedCreate', 'ReconcileFailed', 'InvalidGPUAllocation'];

const componentConditions = ['PredictorReady', 'TransformerReady', 'ExplainerReady'];

function failureOf(service: InferenceService, answers: boolean): { word: string; reason: string } | undefined {
  const model = service.status?.modelStatus;
  if (model?.transitionStatus === 'InvalidSpec' || model?.transitionStatus === 'BlockedByFailedLoad') {
    const { reason, message = '' } = model.lastFailureInfo ?? {};
    // The message of a failed load is the end of a log, of which the last line tells most.
    const last = message.trim().split('\n').at(-1);
    return { word: reason ?? model.transitionStatus, reason: sentence(last || 'The model could not be loaded') };
  }
  const failed = answers
    ? undefined
    : componentConditions.map((type) => conditionOf(service, type)).find(isFinal(service));
  return failed && { word: failed.reason || 'Failed', reason: explain(failed) };
}

function isFinal({ status }: InferenceService): (condition: Condition | undefined) => condition is Condition {
  // Knative says False only of what has failed, and Unknown of what is on its way.
  const isKnative = status?.deploymentMode === 'Knative' || status?.deploymentMode === 'Serverless';
  return (condition): condition is Condition =>
    condition?.status === 'False' &&
    // Left over from a stop until KServe has seen the start.
    condition.reason !== 'Stopped' &&
    (isKnative || finalReasons.includes(condition.reason ?? ''));
}

function waitingFor(service: InferenceService): string {
  for (const type of [...componentConditions, 'IngressReady', 'Ready']) {
    const condition = conditionOf(service, type);
    if (condition !== undefined && condition.status !== 'True') return explain(condition);
  }
  return 'It is starting.';
}

function explain({ type, reason, message }: Condition): string {
  const what = `${type.replace(/Ready$/, '') || 'It'} is not ready`;
  const why = [reason, message].filter((text) => text !== undefined && text !== '').join(': ');
  return sentence(why === '' ? what : `${what}: ${why}`);
}

/** One line that ends with a full stop, short enough to be kept for ten thousand services. */
function sentence(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

function sinceOf(service: InferenceService): { readonly since?: string } {
  const since = conditionOf(service, 'Ready')?.lastTransitionTime;
  return since === undefined ? {} : { since };
}
