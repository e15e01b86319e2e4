import { findEvent, type Facts } from './facts.ts';
import { parseSchedulerMessage, type SchedulerMessage } from './schedulerMessage.ts';
import { eventTimeMs } from '../eventTime.ts';
import type { KubeEvent, Pod } from '../resources/core.ts';

/** A pod that has no node, and what the scheduler says of it. */
export interface Unscheduled {
  readonly pod: Pod;
  readonly text: string;
  readonly message: SchedulerMessage;
}

export function unscheduledPods(facts: Facts): readonly Unscheduled[] {
  return facts.pods.flatMap((pod) => {
    const text = schedulerWords(facts, pod);
    const message = parseSchedulerMessage(text);
    return message === undefined ? [] : [{ pod, text, message }];
  });
}

/** What the scheduler says of a pod without a node, in its condition or its event; empty for a pod that has one. */
export function schedulerWords(facts: Facts, pod: Pod): string {
  if (pod.spec?.nodeName !== undefined) return '';
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return condition?.message ?? findEvent(facts, pod.metadata.name, ['FailedScheduling'])?.message ?? '';
}

/** Everything that the scheduler gave as a reason, in one list. */
export function reasonTexts({ message }: Unscheduled): readonly string[] {
  return [...(message.always === undefined ? [] : [message.always]), ...message.reasons.map(({ text }) => text)];
}

/** What an autoscaler says last of a pod: of the Cluster Autoscaler, GKE Autopilot, Karpenter. */
const scaling: Readonly<Record<string, 'grows' | 'does-not'>> = {
  TriggeredScaleUp: 'grows',
  Nominated: 'grows',
  NotTriggerScaleUp: 'does-not',
  FailedScaleUp: 'does-not',
  ScaleUpTimedOut: 'does-not',
};

/** Whether the newest word of an autoscaler is that it brings a node; undefined when none has spoken. */
export function isScalingUp(events: readonly KubeEvent[]): boolean | undefined {
  const [latest] = events
    .filter(({ reason = '' }) => Object.hasOwn(scaling, reason))
    .sort((a, b) => eventTimeMs(b) - eventTimeMs(a));
  return latest === undefined ? undefined : scaling[latest.reason ?? ''] === 'grows';
}

/** In words, why a node is on its way for a pod that has none; undefined when nothing says so. */
export function expectedNode(facts: Facts, pod: Pod): string | undefined {
  const nominated = pod.status?.nominatedNodeName;
  if (nominated !== undefined && nominated !== '') return `the scheduler makes room for it on the node ${nominated}`;
  const own = facts.events.filter(({ involvedObject }) => involvedObject?.name === pod.metadata.name);
  return isScalingUp(own) === true ? 'the autoscaler is adding a node for it' : undefined;
}
