import { statusOf } from '../../cluster/clusterErrors.ts';
import { ModelDeckError, type ErrorCategory, type NextStep } from '../../foundation/error.ts';
import {
  diagnose,
  eventTimeMs,
  familyOf,
  formatPvcUri,
  isScalingUp,
  type CodeFamily,
  type Diagnosis,
} from '../../kserve/index.ts';
import type { KubeEvent, PersistentVolumeClaim, Pod } from '../../kserve/resources/core.ts';
import type { InferenceService } from '../../kserve/resources/inferenceService.ts';
import { uploadSettings, type ClaimPlace } from './claimPlace.ts';
import { missingToolsError } from './scriptError.ts';

/** Why an upload pod does not run. Waiting or trying again would not help, as it may for other errors of the same category. */
export class UploadPodError extends ModelDeckError {}

export interface PodTrouble {
  /** Stable, to tell a trouble that lasts from the next one. */
  readonly code: string;
  readonly error: ModelDeckError;
  /** Milliseconds for which it may last before it counts: some pass by themselves. */
  readonly mayLast: number;
}

/** What is known of a pod that does not run yet. */
export interface PodEvidence {
  readonly pod: Pod;
  /** About the pod and about its claim. */
  readonly events: readonly KubeEvent[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly place: ClaimPlace;
}

/** What keeps the pod from running, undefined while nothing is known against it. */
export function podTrouble(evidence: PodEvidence): PodTrouble | undefined {
  const { pod, place, claims } = evidence;
  const words = endOf(pod);
  if (words !== undefined && /executable file not found|no such file or directory/i.test(words)) {
    const { category, message, remedy, nextStep } = missingToolsError('sh');
    const error = new UploadPodError(category, message, { ...(remedy && { remedy }), ...(nextStep && { nextStep }) });
    return { code: 'no-shell', error, mayLast: 0 };
  }
  const events = evidence.events.filter((event) => !isOvercome(event, evidence.events));
  const diagnosis = diagnose({ ...standIn(place), pods: [pod], events, claims });
  if (diagnosis) {
    const grows = isScalingUp(events) === true || Boolean(pod.status?.nominatedNodeName);
    return { code: diagnosis.code, error: toError(diagnosis, place), mayLast: mayLast(diagnosis, grows) };
  }
  if (words !== undefined) {
    const error = new UploadPodError('server', `The upload pod ended before it ran (${words}).`, {
      remedy: `Look at the events of ${place.namespace}, then try again.`,
    });
    return { code: 'ended', error, mayLast: 0 };
  }
  return unknownTrouble(pod, events);
}

/** What the cluster says in words that are not known, or of what no service is diagnosed for. */
function unknownTrouble(pod: Pod, events: readonly KubeEvent[]): PodTrouble | undefined {
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const event = events.find(({ reason }) => volumeReasons.includes(reason ?? ''));
  const words = unscheduled?.message ?? event?.message;
  if (words === undefined) return undefined;
  const code = unscheduled ? 'unscheduled' : (event?.reason ?? '');
  const what = unscheduled ? 'No node takes the upload pod' : 'The node cannot start the upload pod';
  const error = new UploadPodError('server', `${what} (${words.slice(0, 300).replace(/\.$/, '')}).`, {
    remedy: 'Repair what the cluster names, then try again.',
    nextStep: { kind: 'retry' },
  });
  return { code, error, mayLast: 20_000 };
}

/** Says what the API server has against the pod; other errors pass through. */
export function createError(error: unknown, place: ClaimPlace): unknown {
  const status = statusOf(error);
  if (!status) return error;
  const diagnosis = diagnose({ ...standIn(place), pods: [], events: [], claims: [], refusals: [status.message] });
  if (diagnosis) return toError(diagnosis, place, error);
  if (status.code >= 500 || status.code === 401 || status.code === 429) return error;
  const words = status.message.replace(/\.$/, '');
  const category = status.code === 403 ? 'forbidden' : 'invalid-input';
  return new UploadPodError(category, `${place.namespace} does not take the upload pod: ${words}.`, {
    remedy: 'Check the namespace and the settings of uploads, or ask who runs the cluster.',
    cause: error,
  });
}

/** Diagnoses are about services; an upload is one whose only pod is the upload pod. */
function standIn({ context, namespace, claim }: ClaimPlace): { isvc: InferenceService; context: string } {
  // No format of a model: what is uploaded is served by nobody yet.
  const model = { modelFormat: { name: '' }, storageUri: formatPvcUri(claim, 'any') };
  return { isvc: { metadata: { name: `the upload to ${claim}`, namespace }, spec: { predictor: { model } } }, context };
}

interface Advice {
  readonly category: ErrorCategory;
  readonly remedy?: string;
  readonly setting?: string;
  /** See {@link PodTrouble.mayLast}. */
  readonly mayLast?: number;
}

const otherImage: Advice = {
  category: 'not-found',
  remedy: `Set ${uploadSettings.image} to an image that the cluster has or can pull.`,
  setting: uploadSettings.image,
};
const imageWithShell: Advice = {
  category: 'server',
  remedy: `Set ${uploadSettings.image} to an image that has a shell.`,
  setting: uploadSettings.image,
};
const otherUser: Advice = {
  category: 'permission',
  remedy: `Set ${uploadSettings.uid} to a user that the namespace allows, or to null to let the cluster choose one.`,
  setting: uploadSettings.uid,
};
const otherResources: Advice = {
  category: 'forbidden',
  remedy: `Set ${uploadSettings.resources} to what the namespace allows, for example { "requests": { "cpu": "50m" }, "limits": { "memory": "128Mi" } }.`,
  setting: uploadSettings.resources,
};
const notAllowed: Advice = { category: 'forbidden' };
const noClaim: Advice = { category: 'not-found', mayLast: 2_000 };
const noRoom: Advice = { category: 'no-space', mayLast: 5_000 };
const noNode: Advice = { category: 'server', mayLast: 5_000 };
const notMounted: Advice = { category: 'server', mayLast: 20_000 };

/** Where the advice for a service is none for an upload, and what else it is. */
const advice: Readonly<Partial<Record<CodeFamily, Advice>>> = {
  'image-pull': { ...otherImage, mayLast: 5_000 },
  'image-registry-unreachable': { ...otherImage, mayLast: 5_000 },
  'image-rate-limit': { ...otherImage, mayLast: 5_000 },
  'image-name-invalid': otherImage,
  'image-short-name': otherImage,
  'image-not-present': otherImage,
  'image-disk-full': otherImage,
  'image-platform': otherImage,
  'image-registry-http': otherImage,
  'image-certificate': otherImage,
  'image-unauthorized': otherImage,
  'image-not-found': otherImage,
  'runs-as-root': otherUser,
  'pod-security': otherUser,
  'container-config': imageWithShell,
  'command-missing': imageWithShell,
  'exec-format': imageWithShell,
  'crash-loop': imageWithShell,
  forbidden: {
    category: 'forbidden',
    remedy:
      'Ask for a Role with the verbs create, get, list and delete on pods, and create and get on pods/exec, or use another namespace.',
  },
  'quota-exceeded': notAllowed,
  'quota-needs-resources': otherResources,
  'limit-range': otherResources,
  'admission-denied': notAllowed,
  'webhook-certificate': notAllowed,
  'webhook-missing': notAllowed,
  'webhook-down': notAllowed,
  'service-account-missing': notAllowed,
  'controller-forbidden': notAllowed,
  'controller-silent': notAllowed,
  'claim-provisioning': { category: 'not-found', mayLast: 120_000 },
  'claim-pending': { category: 'not-found', mayLast: 20_000 },
  'claim-in-use': { category: 'conflict', mayLast: 5_000 },
  'volume-node-conflict': { category: 'conflict', mayLast: 5_000 },
  'claim-missing': noClaim,
  'claim-deleted': noClaim,
  'claim-provisioning-failed': noClaim,
  'claim-waits-for-pod': noClaim,
  'no-provisioner': noClaim,
  'storage-class-missing': noClaim,
  'node-selector': {
    category: 'conflict',
    remedy:
      'Bring the node back on which the claim is in use, stop what uses it there, or choose a claim with ReadWriteMany.',
    mayLast: 5_000,
  },
  'multi-attach': { category: 'conflict', mayLast: 15_000 },
  insufficient: {
    ...noRoom,
    remedy: `Make room on a node that can mount the claim, or let the upload pod ask for less: ${uploadSettings.resources}.`,
    setting: uploadSettings.resources,
  },
  'no-nodes': noRoom,
  'too-many-pods': noRoom,
  'volume-limit': noRoom,
  'no-storage': noRoom,
  'mount-failed': notMounted,
  'volume-path-missing': notMounted,
  'node-not-ready': notMounted,
  unschedulable: noNode,
  pressure: noNode,
  'nodes-not-ready': noNode,
  cordoned: noNode,
  taint: noNode,
};

function toError(diagnosis: Diagnosis, { uid }: ClaimPlace, cause?: unknown): UploadPodError {
  const { category = diagnosis.category, remedy, setting } = adviceOn(diagnosis);
  const nextStep: NextStep | undefined = setting === undefined ? diagnosis.nextStep : { kind: 'open-setting', setting };
  return new UploadPodError(category, diagnosis.summary, {
    remedy: remedy ?? diagnosis.remedy,
    // An upload has no manifest to look at.
    ...(nextStep && nextStep.kind !== 'show-manifest' && { nextStep }),
    cause: cause ?? new Error([`uid ${uid ?? 'of the cluster'}`, ...diagnosis.evidence].join('\n')),
  });
}

function adviceOn({ code }: Diagnosis): Partial<Advice> {
  return advice[familyOf(code)] ?? {};
}

function mayLast(diagnosis: Diagnosis, grows: boolean): number {
  const usual = adviceOn(diagnosis).mayLast ?? (diagnosis.mayHeal === 'retry' ? 20_000 : 0);
  return grows ? Math.max(usual, 300_000) : usual;
}

const volumeReasons = ['FailedAttachVolume', 'FailedMount', 'FailedMapVolume', 'FailedCreatePodSandBox'];
/** They come when the volumes are mounted. */
const laterReasons = ['SuccessfulAttachVolume', 'Pulling', 'Pulled', 'Created', 'Started'];

/** Whether an event tells of a volume that was mounted in the end. Events stay for an hour. */
function isOvercome(event: KubeEvent, all: readonly KubeEvent[]): boolean {
  if (!volumeReasons.includes(event.reason ?? '')) return false;
  return all.some((each) => laterReasons.includes(each.reason ?? '') && eventTimeMs(each) > eventTimeMs(event));
}

/** How the pod ended, undefined when it has not. */
function endOf({ status, metadata }: Pod): string | undefined {
  const hasEnded = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (!hasEnded && metadata.deletionTimestamp === undefined) return undefined;
  const { reason, message } = status?.containerStatuses?.[0]?.state?.terminated ?? {};
  const words = [status?.reason ?? reason, status?.message ?? message].filter((each) => each !== undefined);
  return words.length > 0 ? words.join(': ') : hasEnded ? 'without a reason' : 'it was deleted';
}
