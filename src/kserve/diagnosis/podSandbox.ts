import { eventTimeMs } from '../eventTime.ts';
import { findEvent, oneLine, podObject, showEvents, words, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import type { Cause } from './cause.ts';
import type { Pod } from '../resources/core.ts';

/** Kubelet's and the container runtime's words for a pod without a network (Kubernetes 1.18 to 1.34, containerd, CRI-O). */
const network =
  /failed to set ?up (?:network for sandbox|sandbox container)|NetworkPlugin cni failed|[Nn]etwork (?:plugin )?is not ready|NetworkReady=false|plugin type="[^"]*"|cni plugin not initialized|failed to setup network|add network|CNI network/;

const runtimeClass =
  /RuntimeHandler "([^"]+)" not supported|no runtime for "([^"]+)" is configured|runtimeclass(?:es)?\S* "([^"]+)" not found/;

/** The node has taken the pod and cannot make the sandbox that its containers live in. */
export const podSandbox: Cause = (facts) => {
  for (const pod of facts.pods) {
    const event = findEvent(facts, pod.metadata.name, [
      'FailedCreatePodSandBox',
      'NetworkNotReady',
      'FailedPodSandBoxStatus',
    ]);
    if (event === undefined || hasOvercome(facts, pod, eventTimeMs(event))) continue;
    const message = event.message ?? '';
    const phrase = facts.phrase(message);
    const handler = matchPhrase(runtimeClass, phrase)
      ?.slice(1)
      .find((each) => each !== undefined);
    const isNetwork = event.reason === 'NetworkNotReady' || matchPhrase(network, phrase) !== undefined;
    const why = words(message.replace(/^.*? desc = /s, ''), 240);
    const node = pod.spec?.nodeName === undefined ? 'The node' : `The node ${pod.spec.nodeName}`;
    const what = isNetwork
      ? `cannot give the pod of ${facts.name} a network`
      : `cannot make the sandbox of the pod of ${facts.name}`;
    return {
      code: handler !== undefined ? 'runtime-class-missing' : isNetwork ? 'pod-network' : 'pod-sandbox',
      category: handler === undefined ? 'server' : 'not-found',
      mayHeal: 'retry',
      summary:
        handler === undefined
          ? `${node} ${what}: ${why}.`
          : `${node} does not have the runtime ${handler} that the runtimeClassName of ${facts.name} asks for.`,
      remedy:
        handler !== undefined
          ? 'Correct runtimeClassName in the manifest or the runtime, or have the runtime installed on the node.'
          : isNetwork
            ? "See whether the network plugin's pods (CNI) run on that node: all new pods there are affected."
            : "See the node's container runtime: all new pods there may be affected.",
      nextStep: showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: [oneLine(message, 600)],
    };
  }
  return undefined;
};

/** Containers that were fetched, started or ended live in a sandbox. */
function hasOvercome(facts: Facts, pod: Pod, at: number): boolean {
  const lives = facts.containers.some(
    (fact) => fact.pod === pod && (fact.status.state?.running !== undefined || fact.ended !== undefined),
  );
  const later = facts.events.some(
    (event) =>
      event.involvedObject?.name === pod.metadata.name &&
      ['Pulling', 'Pulled', 'Created', 'Started'].includes(event.reason ?? '') &&
      eventTimeMs(event) > at,
  );
  return lives || later;
}
