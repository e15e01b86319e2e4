import { oneLine, podObject, showEvents, showManifest } from './facts.ts';
import type { Cause } from './cause.ts';

const reasons = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PostStartHookError'];

/** kubelet cannot make or start a container, for another reason than a missing object or volume. */
export const containerConfig: Cause = (facts) => {
  for (const { pod, status } of facts.containers) {
    const waiting = status.state?.waiting;
    if (!reasons.includes(waiting?.reason ?? '')) continue;
    const message = waiting?.message ?? '';
    const isRoot = /runAsNonRoot and image (?:will run as root|has non-numeric user)/.test(message);
    return {
      code: isRoot ? 'runs-as-root' : 'container-config',
      summary: isRoot
        ? `The image of the container ${status.name} of ${facts.name} would run as root, which its securityContext (runAsNonRoot) forbids.`
        : `The container ${status.name} of ${facts.name} cannot be started: ${oneLine(message, 200).replace(/\.$/, '')}.`,
      remedy: isRoot
        ? 'Set runAsUser to the number of a user that the image works with, in the runtime or the manifest.'
        : 'Mend what the message names.',
      nextStep: isRoot ? showManifest(facts) : showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: [`${waiting?.reason ?? ''}: ${oneLine(message, 600)}`],
    };
  }
  return undefined;
};
