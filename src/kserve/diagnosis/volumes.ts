import { findEvent, oneLine, podObject, showEvents, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import type { ErrorCategory } from '../../foundation/error.ts';
import type { Cause } from './cause.ts';
import type { DiagnosisCode } from './codes.ts';
import type { Diagnosis, Healing } from './diagnosis.ts';
import type { Pod } from '../resources/core.ts';

interface Problem {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  readonly mayHeal?: Healing;
  readonly pattern: RegExp;
  readonly summary: (match: RegExpExecArray, facts: Facts, pod: Pod) => string;
  readonly remedy: string | ((facts: Facts) => string);
}

/** What kubelet and attach controller say of a pod's volumes. */
const problems: readonly Problem[] = [
  {
    code: 'multi-attach',
    category: 'conflict',
    mayHeal: 'retry',
    pattern: /Multi-Attach error for volume "([^"]+)" (Volume is already .*)/,
    summary: ([, volume, why = ''], facts) => {
      const others = /used by pod\(s\) (.+)/.exec(why)?.[1];
      const by = others === undefined ? 'another node' : `the pod ${others} on another node`;
      return `The volume ${volume} of the claim ${facts.claimNames.join(', ')} can be attached to one node only (ReadWriteOnce), and is in use by ${by}.`;
    },
    remedy:
      'Stop what uses it (an upload pod, an earlier version), keep all pods on one node, or use a claim with ReadWriteMany.',
  },
  {
    code: 'secret-missing',
    category: 'not-found',
    mayHeal: 'retry',
    pattern: /secrets? "([^"]+)" not found/,
    summary: ([, name], facts) =>
      `The Secret ${name} that the pod of ${facts.name} needs does not exist in the namespace ${facts.namespace}.`,
    remedy: 'Make it, or name another one in the manifest.',
  },
  {
    code: 'config-map-missing',
    category: 'not-found',
    mayHeal: 'retry',
    pattern: /configmaps? "([^"]+)" not found/,
    summary: ([, name], facts) =>
      `The ConfigMap ${name} that the pod of ${facts.name} needs does not exist in the namespace ${facts.namespace}.`,
    remedy: 'Make it, or name another one in the manifest.',
  },
  {
    code: 'key-missing',
    category: 'not-found',
    pattern: /couldn't find key (\S+) in (Secret|ConfigMap) (\S+)/,
    summary: ([, key, kind, name], facts) =>
      `The ${kind} ${name?.split('/').at(-1)} that the pod of ${facts.name} needs has no key ${key}.`,
    remedy: 'Add the key, or name another one in the manifest.',
  },
  {
    code: 'model-folder-missing',
    category: 'not-found',
    pattern: /failed to (create|prepare) subPath (?:directory )?for volumeMount "([^"]+)" of container "([^"]+)"/,
    summary: (_match, facts) =>
      `The folder of ${facts.evidence.isvc.spec.predictor.model?.storageUri ?? 'the storage URI'} is not on the claim, or is no folder.`,
    remedy: 'Upload the model, or correct the path after the name of the claim: it has to be a folder.',
  },
  {
    code: 'volume-path-missing',
    category: 'not-found',
    mayHeal: 'retry',
    pattern:
      /MountVolume\.(?:NewMounter initialization|SetUp) failed for volume "([^"]+)" ?: path "([^"]+)" does not exist/,
    summary: ([, volume, path], facts, pod) =>
      `The volume ${volume} of ${facts.name} is the folder ${path} of the node ${pod.spec?.nodeName ?? ''}, which does not exist there.`,
    remedy: 'Make the folder on the node, or use a claim whose volume is on it.',
  },
  {
    code: 'mount-failed',
    category: 'server',
    mayHeal: 'retry',
    pattern:
      /(?:MountVolume\.\w+(?: initialization)? failed for volume|AttachVolume\.Attach failed for volume) "([^"]+)" ?: (.+)/s,
    summary: ([, volume, why = ''], facts) =>
      `The volume ${volume} of ${facts.name} cannot be mounted: ${oneLine(why, 160).replace(/\.$/, '')}.`,
    remedy: "Repair what the message names: the volume's server, path or access.",
  },
];

/** Reasons of a waiting container for which kubelet could not make it. */
const waitingReasons = ['CreateContainerConfigError', 'CreateContainerError'];

export const volumeProblem: Cause = (facts) => {
  for (const pod of facts.pods) {
    const event = findEvent(facts, pod.metadata.name, ['FailedAttachVolume', 'FailedMount', 'FailedMapVolume']);
    const isStarted = facts.containers.some((fact) => fact.pod === pod && fact.status.state?.running !== undefined);
    const waiting = facts.containers.filter(
      (fact) => fact.pod === pod && waitingReasons.includes(fact.status.state?.waiting?.reason ?? ''),
    );
    const messages = [
      ...waiting.map(({ status }) => status.state?.waiting?.message ?? ''),
      // An event stays for an hour, also when the next attempt went well.
      ...(event === undefined || isStarted ? [] : [event.message ?? '']),
    ];
    for (const message of messages) {
      const found = diagnoseMessage(facts, pod, message);
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

function diagnoseMessage(facts: Facts, pod: Pod, message: string): Diagnosis | undefined {
  for (const { code, category, mayHeal = false, pattern, summary, remedy } of problems) {
    const match = matchPhrase(pattern, facts.phrase(message));
    if (match === undefined) continue;
    return {
      code,
      category,
      mayHeal,
      summary: summary(match, facts, pod),
      remedy: typeof remedy === 'string' ? remedy : remedy(facts),
      nextStep: showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: [oneLine(message, 600)],
    };
  }
  return undefined;
}
