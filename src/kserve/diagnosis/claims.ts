import { oneLine, podObject, showEvents, type Facts } from './facts.ts';
import { reasonTexts, unscheduledPods } from './scheduling.ts';
import type { ErrorCategory } from '../../foundation/error.ts';
import type { Cause } from './cause.ts';
import type { DiagnosisCode } from './codes.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { KubeEvent } from '../resources/core.ts';

/** A claim that the pod mounts and that is not there (any more). */
export const claimMissing: Cause = (facts) => {
  for (const unscheduled of unscheduledPods(facts)) {
    for (const text of reasonTexts(unscheduled)) {
      const match = /^persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(text);
      if (match === null) continue;
      const [, claim = '', what] = match;
      const isGone = what === 'not found';
      return {
        code: isGone ? 'claim-missing' : 'claim-deleted',
        category: 'not-found',
        mayHeal: 'scheduling',
        summary: isGone
          ? `The PersistentVolumeClaim ${claim} that ${facts.name} reads its model from does not exist in the namespace ${facts.namespace}.`
          : `The PersistentVolumeClaim ${claim} that ${facts.name} reads its model from is being deleted.`,
        remedy: isGone
          ? 'Make the claim and upload the model to it, or correct the storage URI: a claim has to be in the namespace of the service.'
          : 'Upload the model to another claim, and deploy it from there.',
        nextStep: showEvents(facts, podObject(unscheduled.pod)),
        severity: 'error',
        object: { kind: 'PersistentVolumeClaim', name: claim, namespace: facts.namespace },
        evidence: [oneLine(unscheduled.text)],
      };
    }
  }
  return undefined;
};

/** Claims without a volume: nobody makes one, making it fails, or it waits. */
export const claimPending: Cause = (facts) => {
  const waiting = unscheduledPods(facts).filter((each) =>
    reasonTexts(each).some((text) =>
      /^(?:node\(s\) |pod has |unbound|persistentvolumeclaim "[^"]*" bound).*?(?:unbound immediate PersistentVolumeClaims|didn't find available persistent volumes to bind|bound to non-existent (?:pv|persistentvolume))|^unbound immediate PersistentVolumeClaims/i.test(
        text,
      ),
    ),
  );
  if (waiting[0] === undefined) return undefined;
  const claim =
    facts.claimNames.find((name) => claimOf(facts, name)?.status?.phase !== 'Bound') ?? facts.claimNames[0] ?? '';
  const { code, category, why, remedy, event } = whyPending(facts, claim);
  const object = { kind: 'PersistentVolumeClaim', name: claim, namespace: facts.namespace };
  return {
    code,
    category,
    mayHeal: 'scheduling',
    summary: `The PersistentVolumeClaim ${claim} has no volume: ${why}.`,
    remedy,
    nextStep: showEvents(facts, object),
    severity: code === 'claim-provisioning' ? 'warning' : 'error',
    object,
    evidence: [...(event === undefined ? [] : [oneLine(event.message ?? '')]), oneLine(waiting[0].text)],
  };
};

/** A claim whose volume comes with the first pod, and no pod is there. */
export const claimWaitsForPod: Cause = (facts) => {
  if (facts.pods.length > 0) return undefined;
  const event = facts.events.find(({ reason }) => reason === 'WaitForFirstConsumer');
  const claim = event?.involvedObject?.name ?? '';
  if (event === undefined || claimOf(facts, claim)?.status?.phase !== 'Pending') return undefined;
  return {
    code: 'claim-waits-for-pod',
    category: 'not-found',
    mayHeal: 'scheduling',
    summary: `The PersistentVolumeClaim ${claim} gets its volume with the first pod that mounts it, and there is none yet.`,
    remedy: 'Upload the model to it: the upload pod is such a pod.',
    severity: 'warning',
    object: { kind: 'PersistentVolumeClaim', name: claim, namespace: facts.namespace },
    evidence: [oneLine(event.message ?? '')],
  };
};

function claimOf(facts: Facts, name: string): Facts['evidence']['claims'][number] | undefined {
  return facts.evidence.claims.find(({ metadata }) => metadata.name === name);
}

/** Events of a claim by which its wait is explained, the most telling first. */
const pendingReasons: readonly {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  readonly reason: string;
  readonly pattern?: RegExp;
  readonly why: (match: RegExpExecArray, storageClass: string) => string;
  readonly remedy: string;
}[] = [
  {
    code: 'storage-class-missing',
    category: 'not-found',
    reason: 'ProvisioningFailed',
    pattern: /^storageclass\.storage\.k8s\.io "([^"]+)" not found/,
    why: ([, name]) => `its StorageClass ${name} does not exist`,
    remedy: 'Make the claim again with a StorageClass that the cluster has.',
  },
  {
    code: 'claim-provisioning-failed',
    category: 'server',
    reason: 'ProvisioningFailed',
    pattern: /(?:^failed to provision volume with StorageClass "[^"]+": )?(?:rpc error: code = \w+ desc = )?(\S.*)$/s,
    why: (match, storageClass) =>
      `the provisioner of ${storageClass} failed (${oneLine(match[1] ?? '', 160).replace(/\.$/, '')})`,
    remedy: 'Repair what the provisioner names, or use another StorageClass.',
  },
  {
    code: 'no-provisioner',
    category: 'not-found',
    reason: 'FailedBinding',
    why: () => 'it names no StorageClass, the cluster has no default one, and no volume fits it',
    remedy: 'Make a PersistentVolume that fits it, or make the claim again with a StorageClass.',
  },
  {
    code: 'claim-provisioning',
    category: 'timeout',
    reason: 'ExternalProvisioning',
    pattern: /external provisioner '([^']+)'/,
    why: ([, provisioner]) => `the provisioner ${provisioner} has not made it yet`,
    remedy: 'Wait; if it takes longer than a minute, see whether the provisioner runs.',
  },
];

function whyPending(
  facts: Facts,
  claim: string,
): Pick<Diagnosis, 'code' | 'category' | 'remedy'> & { readonly why: string; readonly event?: KubeEvent } {
  const storageClass = claimOf(facts, claim)?.spec?.storageClassName ?? '';
  for (const { code, category, reason, pattern = /()/, why, remedy } of pendingReasons) {
    const event = facts.events.find((each) => each.reason === reason && each.involvedObject?.name === claim);
    const match = event && pattern.exec(event.message ?? '');
    if (event && match)
      return { code, category, why: why(match, storageClass || 'the default StorageClass'), remedy, event };
  }
  return {
    code: 'claim-pending',
    category: 'not-found',
    why: storageClass === '' ? 'none fits it' : `none of the StorageClass ${storageClass} fits it`,
    remedy: 'Make a PersistentVolume that fits it (size, access mode, class, node), or use another StorageClass.',
  };
}
