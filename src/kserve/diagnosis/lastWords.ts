import { isPassing, nameOf, oneLine, showEvents, showManifest, words, type Facts } from './facts.ts';
import { isPodReady } from '../pods.ts';
import { conditionOf } from '../serviceStatus.ts';
import type { Cause } from './cause.ts';
import type { KubeEvent } from '../resources/core.ts';

/** Something could not be made, in words that no other cause knows. */
export const replicaFailure: Cause = (facts) => {
  const refusal = facts.refusals.find(({ isOurs, message }) => !isOurs && message !== '' && !isPassing(message));
  if (refusal === undefined) return undefined;
  const { object, message } = refusal;
  return {
    code: 'replica-failure',
    category: 'server',
    mayHeal: 'retry',
    summary: `The cluster cannot make what ${facts.name} needs: ${words(message, 260)}.`,
    remedy: 'Correct what the message names.',
    nextStep: object.kind === 'InferenceService' ? showManifest(facts) : showEvents(facts, object),
    severity: 'error',
    object,
    evidence: [`${object.kind} ${object.name}: ${oneLine(message, 600)}`],
  };
};

/** Warnings that come with every start, and pass. */
const ordinary: readonly RegExp[] = [
  /^(?:Readiness|Startup) probe (?:failed|errored)/,
  /^Back-off (?:restarting failed|pulling image)/,
  /^(?:failed to get (?:cpu|memory)|unable to get metrics|missing request for)/,
  /^(?:invalid metrics|no (?:metrics|recommendation))/,
  /^InferenceService \[[^\]]*\] is no longer Ready|is not ready/i,
];

/**
 * The last of all: the newest Warning about the service's own objects, in the cluster's words, so that nothing ends in
 * silence. It is what was said last, which need not be the cause: so it warns, and does not end a deploy.
 */
export const clusterWarning: Cause = (facts) => {
  const { isvc } = facts.evidence;
  if (isvc.status === undefined || conditionOf(isvc, 'Ready')?.status === 'True') return undefined;
  const warnings = facts.events.filter(({ type, message }) => type === 'Warning' && (message ?? '') !== '');
  const event = warnings.find((each) => !isOrdinary(each) && !isOvercome(facts, each));
  if (event === undefined) return undefined;
  const { kind = 'InferenceService', name = facts.name } = event.involvedObject ?? {};
  const object = { kind, name, namespace: facts.namespace };
  return {
    code: 'cluster-warning',
    category: 'server',
    mayHeal: 'retry',
    summary: `${facts.name} is not ready. The newest warning of the cluster, about the ${kind} ${name}: ${words(event.message ?? '', 260)}.`,
    remedy: 'See whether this is the cause; the events of the service tell the others.',
    nextStep: showEvents(facts, { kind: 'InferenceService', ...nameOf(isvc) }),
    severity: 'warning',
    object,
    evidence: warnings.slice(0, 5).map((each) => `${each.reason ?? ''}: ${oneLine(each.message ?? '')}`),
  };
};

/** Events stay for an hour: what they tell of a pod that is gone, ready, or further on is over. */
function isOvercome({ evidence, pods, containers }: Facts, { involvedObject, reason = '' }: KubeEvent): boolean {
  if (involvedObject?.kind !== 'Pod') return false;
  const pod = evidence.pods.find(({ metadata }) => metadata.name === involvedObject.name);
  if (pod === undefined) return pods.length > 0;
  if (isPodReady(pod) || !pods.includes(pod)) return true;
  if (reason === 'FailedScheduling') return pod.spec?.nodeName !== undefined;
  const hasStarted = containers.some((fact) => fact.pod === pod && fact.status.state?.running !== undefined);
  return hasStarted && /^(?:Failed(?:Mount|AttachVolume|MapVolume|CreatePodSandBox)?|NetworkNotReady)$/.test(reason);
}

function isOrdinary({ message }: KubeEvent): boolean {
  return isPassing(message ?? '') || ordinary.some((pattern) => pattern.test(message ?? ''));
}

/** What a diagnosis looked at, in words, for a reader who is told that nothing was found. */
export function lookedAt({ evidence, events, pods }: Facts): string {
  const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
  const parts = [
    'its conditions',
    count(pods.length, 'pod'),
    count(events.length, 'event'),
    count(evidence.claims.length, 'claim'),
    ...(evidence.logs === undefined ? [] : [count(evidence.logs.length, 'log')]),
    ...(evidence.nodes === undefined ? [] : [count(evidence.nodes.length, 'node')]),
    ...(evidence.replicaSets === undefined ? [] : [count(evidence.replicaSets.length, 'ReplicaSet')]),
  ];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
