import { findEvent, type Facts } from './facts.ts';
import { parseSchedulerMessage, type SchedulerMessage } from './schedulerMessage.ts';
import type { Pod } from '../resources/core.ts';

/** A pod that has no node, and what the scheduler says of it. */
export interface Unscheduled {
  readonly pod: Pod;
  readonly text: string;
  readonly message: SchedulerMessage;
}

export function unscheduledPods(facts: Facts): readonly Unscheduled[] {
  return facts.pods.flatMap((pod) => {
    if (pod.spec?.nodeName !== undefined) return [];
    const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    const text = condition?.message ?? findEvent(facts, pod.metadata.name, ['FailedScheduling'])?.message ?? '';
    const message = parseSchedulerMessage(text);
    return message === undefined ? [] : [{ pod, text, message }];
  });
}

/** Everything that the scheduler gave as a reason, in one list. */
export function reasonTexts({ message }: Unscheduled): readonly string[] {
  return [...(message.always === undefined ? [] : [message.always]), ...message.reasons.map(({ text }) => text)];
}
