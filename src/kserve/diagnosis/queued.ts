import { isRecord } from '../../foundation/json.ts';
import { oneLine, podObject, showEvents } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Pod } from '../resources/core.ts';

const queueLabel = 'kueue.x-k8s.io/queue-name';

/** The scheduler does not look at a pod while it has a gate: Kueue holds what its queue has no quota for. */
export const queued: Cause = (facts) => {
  const pod = facts.pods.find((each) => gatesOf(each).length > 0 && each.spec?.nodeName === undefined);
  if (pod === undefined) return undefined;
  const gates = gatesOf(pod);
  const isKueue = gates.some((gate) => gate.startsWith('kueue.x-k8s.io/'));
  const queue = pod.metadata.labels?.[queueLabel] ?? facts.evidence.isvc.metadata.labels?.[queueLabel];
  const said = facts.events.find(
    ({ involvedObject, type }) => involvedObject?.name === pod.metadata.name && type === 'Warning',
  );
  const why = said?.message === undefined ? '' : ` (${oneLine(said.message, 200).replace(/\.$/, '')})`;
  return {
    code: isKueue ? 'queued' : 'scheduling-gated',
    category: isKueue ? 'no-space' : 'conflict',
    mayHeal: 'scheduling',
    summary: isKueue
      ? `The pod of ${facts.name} waits in the Kueue queue${queue === undefined ? '' : ` ${queue}`} until its quota has room${why}.`
      : `The pod of ${facts.name} is held back from scheduling by the gate ${gates.join(', ')}${why}.`,
    remedy: isKueue
      ? `Wait, stop something else in the queue, or ask for less; "kubectl describe localqueue${queue === undefined ? '' : ` ${queue}`} -n ${facts.namespace}" shows what is ahead.`
      : 'See what sets the gate: it has to take it away.',
    nextStep: showEvents(facts, podObject(pod)),
    severity: 'warning',
    object: podObject(pod),
    evidence: [`schedulingGates: ${gates.join(', ')}`, ...(said?.message === undefined ? [] : [oneLine(said.message)])],
  };
};

function gatesOf({ spec }: Pod): readonly string[] {
  const gates = spec?.['schedulingGates'];
  if (!Array.isArray(gates)) return [];
  return gates.flatMap((gate: unknown) => (isRecord(gate) && typeof gate['name'] === 'string' ? [gate['name']] : []));
}
