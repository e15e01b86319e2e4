import { kserveLabels } from '../annotations.ts';
import { canariesOf, predictorServiceName } from '../predictors.ts';
import { parsePvcUri } from '../storageUri.ts';
import { eventTimeMs } from '../eventTime.ts';
import { deploymentModeOf } from '../deploymentMode.ts';
import { componentOf } from '../pods.ts';
import { conditionOf } from '../serviceStatus.ts';
import { servesWantedVersion } from '../rollout.ts';
import { modelServers } from '../servers/index.ts';
import type { ModelServer } from '../servers/modelServer.ts';
import { plainLines } from './logPatterns.ts';
import { namesIn, phraseOf, type Phrase } from './phrase.ts';
import type { NextStep } from '../../foundation/error.ts';
import type { KubeObject } from '../../cluster/objects/resource.ts';
import type { ContainerState, ContainerStatus, KubeEvent, Pod } from '../resources/core.ts';
import type { DeploymentMode } from '../inferenceServiceConfig.ts';
import type { InferenceService } from '../resources/inferenceService.ts';
import type { DiagnosisEvidence, LogTail } from './evidence.ts';
import type { Diagnosis, Healing } from './diagnosis.ts';

/** A container of a pod with what became of it. */
export interface ContainerFact {
  readonly pod: Pod;
  readonly status: ContainerStatus;
  readonly isInit: boolean;
  /** How it ended: now, or before it was started again. */
  readonly ended: ContainerState['terminated'];
}

/** A message that something could not be made or admitted, and by whom it was meant. */
export interface Refusal {
  readonly message: string;
  readonly object: Diagnosis['object'];
  /** Whether the API server said it to our own request; controllers said the others. */
  readonly isOurs: boolean;
}

/** The evidence as the causes ask for it. Made once for each diagnosis. */
export interface Facts {
  readonly evidence: DiagnosisEvidence;
  readonly name: string;
  readonly namespace: string;
  /** The newest first; only those of the version that is asked for, when there are such. Without those that are ending. */
  readonly pods: readonly Pod[];
  /** Init containers before others, of the pods in their order. */
  readonly containers: readonly ContainerFact[];
  /** Of the service's own objects, the newest first. */
  readonly events: readonly KubeEvent[];
  /** What could not be made; ours first, then those of the controllers, as far as they are not overtaken by a pod. */
  readonly refusals: readonly Refusal[];
  /** That the service reads its model from, or that its pods mount. */
  readonly claimNames: readonly string[];
  /** How KServe runs the service, as far as the objects tell. */
  readonly mode: DeploymentMode | undefined;
  /** The programs that may serve in its pods, and what their logs mean. */
  readonly servers: readonly ModelServer[];
  /** A text with the user's own names covered: the only thing that patterns may look at. */
  readonly phrase: (text: string) => Phrase;
}

export function factsOf(found: DiagnosisEvidence, servers: readonly ModelServer[] = modelServers): Facts {
  const { isvc, logs } = found;
  const evidence = logs ? { ...found, logs: logs.map((log) => ({ ...log, text: plainLines(log.text) })) } : found;
  const { name, namespace = '' } = isvc.metadata;
  const pods = relevantPods(evidence);
  const claimNames = claimNamesOf(evidence, pods);
  const events = eventsOf(evidence, claimNames);
  return {
    evidence,
    name,
    namespace,
    pods,
    containers: pods.flatMap(containersOf),
    events,
    refusals: refusalsOf(evidence, events, pods),
    claimNames,
    mode: deploymentModeOf(isvc),
    servers,
    phrase: phrasesOf(evidence),
  };
}

/** Covers each text once: logs are long, and many causes look at them. */
function phrasesOf(evidence: DiagnosisEvidence): (text: string) => Phrase {
  const names = namesIn(evidence);
  const known = new Map<string, Phrase>();
  return (text) => {
    const phrase = known.get(text) ?? phraseOf(text, names);
    known.set(text, phrase);
    return phrase;
  };
}

function relevantPods({ isvc, pods }: DiagnosisEvidence): readonly Pod[] {
  const present = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // Evicted pods stay as they ended, beside those that took their place.
  const unfinished = present.filter(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded');
  const alive = unfinished.length > 0 ? unfinished : present;
  const wanted = alive.filter((pod) => servesWantedVersion(isvc, pod));
  const created = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';
  return [...(wanted.length > 0 ? wanted : alive)].sort((a, b) => (created(a) < created(b) ? 1 : -1));
}

function containersOf(pod: Pod): ContainerFact[] {
  const fact = (status: ContainerStatus, isInit: boolean): ContainerFact => ({
    pod,
    status,
    isInit,
    ended: status.state?.terminated ?? status.lastState?.terminated,
  });
  return [
    ...(pod.status?.initContainerStatuses ?? []).map((status) => fact(status, true)),
    ...(pod.status?.containerStatuses ?? []).map((status) => fact(status, false)),
  ];
}

function claimNamesOf({ isvc }: DiagnosisEvidence, pods: readonly Pod[]): readonly string[] {
  const claim = parsePvcUri(isvc.spec.predictor.model?.storageUri ?? '')?.claim;
  const mounted = pods.flatMap((pod) =>
    (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  );
  return [...new Set([...(claim === undefined || claim === '' ? [] : [claim]), ...mounted])];
}

function eventsOf(evidence: DiagnosisEvidence, claimNames: readonly string[]): readonly KubeEvent[] {
  const { name } = evidence.isvc.metadata;
  const pods = new Set(evidence.pods.map(({ metadata }) => metadata.name));
  const isMade = madeFor(evidence.isvc);
  const isOurs = ({ involvedObject }: KubeEvent): boolean => {
    const { kind, name: object = '' } = involvedObject ?? {};
    if (kind === 'PersistentVolumeClaim') return claimNames.includes(object);
    if (kind === 'InferenceService') return object === name;
    return pods.has(object) || isMade(object);
  };
  return evidence.events.filter(isOurs).sort((a, b) => eventTimeMs(b) - eventTimeMs(a));
}

/**
 * Whether an object's name is one that KServe (or Knative, or a Deployment) derives: `<name>-predictor`, with a revision's
 * number, a ReplicaSet's hash and a pod's suffix. The service `cats` does not own `cats-predictor-two-predictor-6d5f-x2x7p`.
 */
function madeFor(service: InferenceService): (object: string) => boolean {
  const { name } = service.metadata;
  const variants = [undefined, ...canariesOf(service).map((canary) => canary.name)];
  const predictors = variants.map((variant) => predictorServiceName(service, variant));
  const made = [`${name}-predictor`, ...predictors, `${name}-transformer`, `${name}-explainer`];
  const derived = /^(?:-default)?(?:-\d{5}(?:-deployment|-private)?)?(?:-[a-z0-9]{1,10})?(?:-[a-z0-9]{1,5})?$/;
  return (object) => made.some((each) => object.startsWith(each) && derived.test(object.slice(each.length)));
}

/** Reasons of a `…Ready` condition by which a controller says that it cannot make something. */
const refusingReasons = ['FailedCreate', 'ReconcileFailed'];
const componentConditions = ['PredictorReady', 'TransformerReady', 'ExplainerReady'];

function refusalsOf(
  evidence: DiagnosisEvidence,
  events: readonly KubeEvent[],
  pods: readonly Pod[],
): readonly Refusal[] {
  const { isvc, deployment, replicaSets = [], refusals = [] } = evidence;
  const service = { kind: 'InferenceService', ...nameOf(isvc) };
  const newestPod = Math.max(0, ...pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') || 0));
  const replicaFailure = (
    object: KubeObject & { readonly status?: { readonly conditions?: unknown } },
    kind: string,
  ): Refusal[] =>
    conditionsOf(object)
      .filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
      .map(({ message = '' }) => ({ message, object: { kind, ...nameOf(object) }, isOurs: false }));
  const refused = componentConditions
    .map((type) => conditionOf(isvc, type))
    .filter((condition) => condition?.status === 'False' && refusingReasons.includes(condition.reason ?? ''))
    .filter((condition) => !isPassing(condition?.message ?? ''));
  return [
    ...refusals.map((message) => ({ message, object: service, isOurs: true })),
    ...replicaSets
      .filter(({ metadata }) => metadata.labels?.[kserveLabels.inferenceService] === isvc.metadata.name)
      .flatMap((set) => replicaFailure(set, 'ReplicaSet')),
    ...(deployment === undefined ? [] : replicaFailure(deployment, 'Deployment')),
    ...refused.map((condition) => ({ message: condition?.message ?? '', object: service, isOurs: false })),
    // Events stay for an hour. What was refused before the service became ready, or before the pod came, is overtaken.
    ...(conditionOf(isvc, 'Ready')?.status === 'True' ? [] : events)
      .filter(({ reason = '' }) => ['FailedCreate', 'InternalError', 'UpdateFailed'].includes(reason))
      .filter((event) => eventTimeMs(event) > newestPod && !isPassing(event.message ?? ''))
      .map(({ message, involvedObject }) => ({
        message: message ?? '',
        object: { kind: involvedObject?.kind ?? '', name: involvedObject?.name ?? '', namespace: service.namespace },
        isOurs: false,
      })),
  ];
}

/** Two writers at the same moment: every controller meets this, and tries again at once. */
export function isPassing(message: string): boolean {
  return /the object has been modified; please apply your changes to the latest version/.test(message);
}

function conditionsOf(object: { readonly status?: { readonly conditions?: unknown } }): readonly {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}[] {
  const conditions = object.status?.conditions;
  return Array.isArray(conditions) ? (conditions as { type: string; status: string; message?: string }[]) : [];
}

export function nameOf({ metadata }: KubeObject): { readonly name: string; readonly namespace: string } {
  return { name: metadata.name, namespace: metadata.namespace ?? '' };
}

export function podObject(pod: Pod): Diagnosis['object'] {
  return { kind: 'Pod', ...nameOf(pod) };
}

/** The first event of a pod (or any object) that fits, which is the newest one. */
export function findEvent(facts: Facts, name: string, reasons: readonly string[]): KubeEvent | undefined {
  return facts.events.find(
    ({ reason, involvedObject }) => involvedObject?.name === name && reasons.includes(reason ?? ''),
  );
}

/** What is known of a container's log, in the order of time. */
export function logsOf({ evidence }: Facts, pod: Pod, container: string): readonly LogTail[] {
  return (evidence.logs ?? [])
    .filter((log) => log.pod === pod.metadata.name && log.container === container)
    .sort((a, b) => order(a) - order(b));
}

/**
 * What a container said in the life that ended last: its log, then its termination message. The lives before and after it
 * have no say.
 */
export function lastWordsOf(facts: Facts, { pod, status, ended }: ContainerFact): string {
  const logs = logsOf(facts, pod, status.name);
  const isPresent = status.state?.terminated !== undefined;
  const own = logs.filter(({ previous }) => previous !== isPresent);
  // Of a container that waits, the log that Kubernetes gives is that of its last life, whatever was asked for.
  const life = own.length > 0 || status.state?.running !== undefined ? own : logs;
  return [...life.map(({ text }) => text), ended?.message ?? ''].join('\n');
}

/** Whether a container that had ended runs again: whether it will go well this time is open. */
export function isRunningAgain({ status, ended }: ContainerFact): boolean {
  return status.state?.running !== undefined && ended !== undefined;
}

/** How often a container that is down has failed by now: each restart was the answer to one failure. */
function failures({ status }: ContainerFact): number {
  return (status.restartCount ?? 0) + 1;
}

/** Failed starts after which what may pass has had its chances: the kubelet waits longer from one to the next. */
const chances = 3;

/** Whether the next start of a container may go well, when the cause of the last failure is one that may pass. */
export function healsByRestart(fact: ContainerFact, healing: Healing): Healing {
  return healing === 'retry' && failures(fact) < chances ? 'restart' : healing;
}

/** Whether an end that nothing explains is the first. */
export function isFirstFailure(fact: ContainerFact): boolean {
  return failures(fact) < 2;
}

function order({ previous, part }: LogTail): number {
  return (previous ? 0 : 2) + (part === 'beginning' ? 0 : 1);
}

/** The step that shows a container's log; of its earlier life when it was started again. */
export function showLogs(facts: Facts, { pod, status }: ContainerFact): NextStep {
  const hasEarlierLife = status.state?.terminated === undefined && (status.restartCount ?? 0) > 0;
  return {
    kind: 'show-pod-logs',
    ...contextOf(facts),
    namespace: facts.namespace,
    objectKind: 'Pod',
    name: pod.metadata.name,
    container: status.name,
    ...(hasEarlierLife && { previous: true }),
  };
}

export function showEvents(facts: Facts, object: Diagnosis['object']): NextStep {
  const namespace = object.namespace ?? facts.namespace;
  return { kind: 'show-events', ...contextOf(facts), namespace, objectKind: object.kind, name: object.name };
}

export function showManifest(facts: Facts): NextStep {
  const { name, namespace } = facts;
  return { kind: 'show-manifest', ...contextOf(facts), namespace, objectKind: 'InferenceService', name };
}

function contextOf({ evidence }: Facts): { readonly context?: string } {
  return evidence.context === undefined ? {} : { context: evidence.context };
}

/** The container for a sentence: with its component where that is not the predictor, since all have a `kserve-container`. */
export function containerWords({ pod, status }: ContainerFact): string {
  const component = componentOf(pod);
  const of = component === undefined || component === 'predictor' ? '' : ` of the ${component}`;
  return `the container ${status.name}${of}`;
}

/** A message at the end of a sentence: one line without its own full stop. */
export function words(text: string, longest = 200): string {
  return oneLine(text, longest).replace(/[.:\s]+$/, '');
}

/** One line, without what is only of use to machines, and not longer than a reader takes in. */
export function oneLine(text: string, longest = 300): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
