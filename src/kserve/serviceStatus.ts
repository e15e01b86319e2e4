import { isStopRequested } from './annotations.ts';
import { deploymentModeOf } from './deploymentMode.ts';
import { isRolledOut } from './rollout.ts';
import type { PodHealth } from './podHealth.ts';
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
 * @param pods of the service: KServe goes on saying `Ready` while they crash, too. Without them it is believed.
 */
export function serviceStatus(
  service: InferenceService,
  deployment?: Deployment,
  pods: readonly PodHealth[] = [],
): ServiceStatus {
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
  const crashing = answers ? crashingPods(pods) : undefined;
  if (crashing !== undefined) return { state: 'failed', ...crashing };
  if (answers) return readyOrUpdating(service, deployment);
  if ((status?.conditions ?? []).length === 0) {
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

/** What the pods of a service that KServe calls ready have against that; undefined while none of them crashes. */
export function crashingPods(pods: readonly PodHealth[]): Omit<ServiceStatus, 'state' | 'since'> | undefined {
  const bad = pods.filter(({ trouble }) => trouble !== undefined);
  const [first] = bad;
  if (first === undefined) return undefined;
  const ready = pods.filter(({ isReady }) => isReady).length;
  const word = first.trouble ?? '';
  const what =
    bad.length === 1
      ? `the pod ${first.name} does not run (${word})`
      : `${bad.length} of its pods do not run (${word}), for example ${first.name}`;
  const others =
    ready === 0 ? 'none is ready' : `${ready} ${ready === 1 ? 'is' : 'are'} ready and answer${ready === 1 ? 's' : ''}`;
  return { word, reason: `KServe calls it ready, but ${what}; ${others}.`, answers: ready > 0 };
}

/** Reasons of the `Ready` conditions that waiting does not change. Others, such as `MinimumReplicasUnavailable`, are a start. */
const finalReasons = ['ProgressDeadlineExceeded', 'FailedCreate', 'ReconcileFailed', 'InvalidGPUAllocation'];

const componentConditions = ['PredictorReady', 'TransformerReady', 'ExplainerReady'];

function failureOf(service: InferenceService, answers: boolean): { word: string; reason: string } | undefined {
  const isKnative = deploymentModeOf(service) === 'Knative';
  const revision = isKnative ? failedConfiguration(service) : undefined;
  const failed = answers ? undefined : failedComponent(service, isKnative);
  const load = failedLoad(service);
  if (load !== undefined) return load;
  // The configuration tells why; that its component is not ready follows from it.
  if (revision !== undefined && (answers || failed !== undefined)) {
    const goesOn = answers ? ' An earlier revision goes on answering.' : '';
    return { word: revision.reason || 'RevisionFailed', reason: `${explain(revision)}${goesOn}` };
  }
  return failed && { word: failed.reason || 'Failed', reason: explain(failed) };
}

/** A load that is blocked without a failure is none: Knative has no revision yet, and the conditions tell why. */
function failedLoad({ status }: InferenceService): { word: string; reason: string } | undefined {
  const { transitionStatus, lastFailureInfo } = status?.modelStatus ?? {};
  if (transitionStatus !== 'InvalidSpec' && transitionStatus !== 'BlockedByFailedLoad') return undefined;
  const { reason = '', message = '' } = lastFailureInfo ?? {};
  // The message of a failed load is the end of a log, of which the last line tells most.
  const last = message.trim().split('\n').at(-1) ?? '';
  if (reason === '' && last === '' && transitionStatus === 'BlockedByFailedLoad') return undefined;
  return { word: reason || transitionStatus, reason: sentence(last || wordsForNone[transitionStatus]) };
}

const wordsForNone = {
  InvalidSpec: 'KServe does not accept its spec',
  BlockedByFailedLoad: 'The model could not be loaded',
} as const;

/** What Knative says of the newest revision, also while an earlier one answers (`Unknown` is on its way). */
function failedConfiguration(service: InferenceService): Condition | undefined {
  return ['PredictorConfigurationReady', 'TransformerConfigurationReady', 'ExplainerConfigurationReady']
    .map((type) => conditionOf(service, type))
    .find((condition) => condition?.status === 'False');
}

function failedComponent(service: InferenceService, isKnative: boolean): Condition | undefined {
  const isFinal = (condition: Condition | undefined): condition is Condition =>
    condition?.status === 'False' &&
    // Left over from a stop until KServe has seen the start.
    condition.reason !== 'Stopped' &&
    // Knative says False only of what has failed, and Unknown of what is on its way.
    (isKnative || finalReasons.includes(condition.reason ?? ''));
  const component = componentConditions.map((type) => conditionOf(service, type)).find(isFinal);
  if (component !== undefined) return component;
  const ingress = conditionOf(service, 'IngressReady');
  const cannotBeMade = /Failed$/.test(ingress?.reason ?? '') || /^no matches for kind /.test(ingress?.message ?? '');
  return ingress?.status === 'False' && cannotBeMade ? ingress : undefined;
}

function waitingFor(service: InferenceService): string {
  for (const type of [...componentConditions, 'IngressReady', 'Ready']) {
    const condition = conditionOf(service, type);
    if (condition !== undefined && condition.status !== 'True') return explain(condition);
  }
  return 'It is starting.';
}

function explain({ type, reason, message }: Condition): string {
  const what = `${type.replace(/Ready$/, '').replace(/Configuration$/, ' configuration') || 'It'} is not ready`;
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
