import { isPodReady } from '../pods.ts';
import { findEvent, oneLine, podObject, showEvents, timeOf, type Facts } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Pod } from '../resources/core.ts';

/** The node took the pod off again: memory, disk, or a drain. */
export const evicted: Cause = (facts) => {
  const pod = facts.pods.find(({ status }) => status?.phase === 'Failed' && status.reason === 'Evicted');
  if (pod === undefined) return undefined;
  const message = pod.status?.message ?? '';
  const resource = /low on resource: ([\w-]+)/.exec(message)?.[1];
  const used = /Container (\S+) was using ([^,]+), request is ([^,]+)/.exec(message);
  const usage = used === null ? '' : ` (${used[1]} used ${used[2]}, and had asked for ${used[3]})`;
  return {
    code: resource === undefined ? 'evicted' : `evicted-${resource}`,
    summary:
      resource === undefined
        ? `The node ${pod.spec?.nodeName ?? ''} evicted the pod of ${facts.name}.`
        : `The node ${pod.spec?.nodeName ?? ''} ran low on ${resource} and evicted the pod of ${facts.name}${usage}.`,
    remedy:
      resource === undefined
        ? "See the node's conditions, and deploy again."
        : `Ask for as much ${resource} as the model uses, or free ${resource} on the node.`,
    nextStep: showEvents(facts, podObject(pod)),
    severity: 'error',
    object: podObject(pod),
    evidence: [oneLine(message)],
  };
};

/** The node of the pod does not answer (any more). */
export const nodeNotReady: Cause = (facts) => {
  for (const pod of facts.pods) {
    const said = nodeSays(facts, pod) ?? eventSays(facts, pod);
    if (said === undefined) continue;
    const node = pod.spec?.nodeName ?? '';
    return {
      code: 'node-not-ready',
      summary: `The node ${node} of ${facts.name} does not answer.`,
      remedy: 'Bring the node back, or delete the pod so that another node takes it.',
      nextStep: showEvents(facts, podObject(pod)),
      severity: 'error',
      object: { kind: 'Node', name: node },
      evidence: [oneLine(said)],
    };
  }
  return undefined;
};

function nodeSays(facts: Facts, pod: Pod): string | undefined {
  const node = facts.evidence.nodes?.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'True') return undefined;
  return `Ready=${ready.status}: ${ready.reason ?? ''}: ${ready.message ?? ''}`;
}

/** For users who may not read nodes. Once the node is back, its kubelet makes the pod ready again after the event. */
function eventSays(facts: Facts, pod: Pod): string | undefined {
  if (facts.evidence.nodes?.some(({ metadata }) => metadata.name === pod.spec?.nodeName) === true) return undefined;
  const event = findEvent(facts, pod.metadata.name, ['NodeNotReady']);
  if (event === undefined || isPodReady(pod)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const since = Date.parse(ready?.lastTransitionTime ?? '') || 0;
  return since - timeOf(event) > 1000 ? undefined : (event.message ?? 'Node is not ready');
}
