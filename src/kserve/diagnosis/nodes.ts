import { isPodReady } from '../pods.ts';
import { eventTimeMs } from '../eventTime.ts';
import { findEvent, oneLine, podObject, showEvents, words, type Facts } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Pod } from '../resources/core.ts';

/** The node took the pod off again: memory, disk, or a limit of the pod's own. */
export const evicted: Cause = (facts) => {
  const pod = facts.pods.find(({ status }) => status?.phase === 'Failed' && status.reason === 'Evicted');
  if (pod === undefined) return undefined;
  const message = pod.status?.message ?? '';
  const common = {
    category: 'no-space',
    mayHeal: false,
    nextStep: showEvents(facts, podObject(pod)),
    severity: 'error',
    object: podObject(pod),
    evidence: [oneLine(message)],
  } as const;
  const own = ownLimit(message);
  if (own !== undefined) {
    return {
      code: 'own-limit-exceeded',
      ...common,
      summary: `The pod of ${facts.name} was evicted because it went over its own limit: ${own.what}. The node has not run low.`,
      remedy: own.remedy,
    };
  }
  const resource = /low on resource: ([\w-]+)/.exec(message)?.[1];
  const used = /Container (\S+) was using ([^,]+), request is ([^,]+)/.exec(message);
  const usage = used === null ? '' : ` (${used[1]} used ${used[2]}, and had asked for ${used[3]})`;
  const node = nodeWords(pod);
  return {
    code: resource === undefined ? 'evicted' : `evicted-${resource}`,
    ...common,
    summary:
      resource === undefined
        ? `${node} evicted the pod of ${facts.name}${message.trim() === '' ? '' : `: ${words(message)}`}.`
        : `${node} ran low on ${resource} and evicted the pod of ${facts.name}${usage}.`,
    remedy:
      resource === undefined
        ? "See the node's conditions, and deploy again."
        : `Ask for as much ${resource} as the model uses, or free ${resource} on the node.`,
  };
};

/** Kubelet's words for a limit of the pod (`pkg/kubelet/eviction/helpers.go`), and what raises it. */
function ownLimit(message: string): { readonly what: string; readonly remedy: string } | undefined {
  const volume = /Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/.exec(message);
  if (volume !== null) {
    return {
      what: `its volume ${volume[1]} may hold ${volume[2]}`,
      remedy: `Raise sizeLimit of the volume ${volume[1]} in the manifest or the runtime to more than the model needs.`,
    };
  }
  const container = /Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"/.exec(message);
  if (container !== null) {
    return {
      what: `its container ${container[1]} may write ${container[2]} to the node's disk`,
      remedy: `Raise the limit of ephemeral-storage of ${container[1]} in the manifest, or have it write less.`,
    };
  }
  const pod = /Pod ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?(?:\s|$)/.exec(message);
  if (pod === null) return undefined;
  return {
    what: `its containers together may write ${pod[1]} to the node's disk`,
    remedy: 'Raise the limits of ephemeral-storage in the manifest, or have the containers write less.',
  };
}

/** A pod that ended in another way than by its containers: refused by its node, pushed aside, or shut down with the node. */
export const podEnded: Cause = (facts) => {
  const pod = facts.pods.find(({ status }) => status?.phase === 'Failed' && status.reason !== 'Evicted');
  const ended = pod && endedBy(pod);
  if (pod === undefined || ended === undefined) return undefined;
  const { reason, message } = ended;
  const isPreempted = reason === 'Preempting' || reason === 'PreemptionByScheduler';
  const why = message.trim() === '' ? reason : `${reason}: ${words(message)}`;
  return {
    code: isPreempted ? 'preempted' : 'pod-rejected',
    category: 'no-space',
    mayHeal: 'scheduling',
    summary: isPreempted
      ? `The pod of ${facts.name} was ended to make room for one of a higher priority.`
      : `${nodeWords(pod)} did not keep the pod of ${facts.name}: ${why}.`,
    remedy: isPreempted
      ? 'Give it a higher priority (priorityClassName in the manifest), or add a node.'
      : "See the node's devices and conditions (kubectl describe node), and delete the pod so that it is made again.",
    nextStep: showEvents(facts, podObject(pod)),
    severity: 'error',
    object: podObject(pod),
    evidence: [oneLine(`${reason}: ${message}`)],
  };
};

/** Undefined for a pod whose containers ended by themselves: they tell why. */
function endedBy({ status }: Pod): { readonly reason: string; readonly message: string } | undefined {
  const disruption = status?.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  const hasRun = (status?.containerStatuses ?? []).some(({ state }) => state?.terminated !== undefined);
  const reason = status?.reason ?? disruption?.reason ?? '';
  if (reason === '' || (hasRun && disruption === undefined && reason !== 'Preempting')) return undefined;
  return { reason, message: status?.message ?? disruption?.message ?? '' };
}

function nodeWords({ spec }: Pod): string {
  return spec?.nodeName === undefined ? 'Its node' : `The node ${spec.nodeName}`;
}

/** The node of the pod does not answer (any more). */
export const nodeNotReady: Cause = (facts) => {
  for (const pod of facts.pods) {
    const said = nodeSays(facts, pod) ?? eventSays(facts, pod);
    if (said === undefined) continue;
    const node = pod.spec?.nodeName ?? '';
    return {
      code: 'node-not-ready',
      category: 'unreachable',
      mayHeal: 'retry',
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
  return since - eventTimeMs(event) > 1000 ? undefined : (event.message ?? 'Node is not ready');
}
