import { statusOf } from '../../cluster/clusterErrors.ts';
import { ModelDeckError, type ErrorCategory, type NextStep } from '../../foundation/error.ts';
import { diagnose, eventTimeMs, formatPvcUri, isScalingUp, type Diagnosis } from '../../kserve/index.ts';
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

/** Where the advice for a service is none for an upload, and what else it is. The first pattern of a code that fits. */
const advice: readonly {
  readonly code: RegExp;
  readonly category: ErrorCategory;
  readonly remedy?: string;
  readonly setting?: string;
  /** See {@link PodTrouble.mayLast}. */
  readonly mayLast?: number;
}[] = [
  {
    code: /^image-(pull|registry-unreachable|rate-limit)$/,
    category: 'not-found',
    remedy: `Set ${uploadSettings.image} to an image that the cluster has or can pull.`,
    setting: uploadSettings.image,
    mayLast: 5_000,
  },
  {
    code: /^image-/,
    category: 'not-found',
    remedy: `Set ${uploadSettings.image} to an image that the cluster has or can pull.`,
    setting: uploadSettings.image,
  },
  {
    code: /^(runs-as-root|pod-security)$/,
    category: 'permission',
    remedy: `Set ${uploadSettings.uid} to a user that the namespace allows, or to null to let the cluster choose one.`,
    setting: uploadSettings.uid,
  },
  {
    code: /^(container-config|command-missing|exec-format|crash-loop)$/,
    category: 'server',
    remedy: `Set ${uploadSettings.image} to an image that has a shell.`,
    setting: uploadSettings.image,
  },
  {
    code: /^forbidden$/,
    category: 'forbidden',
    remedy:
      'Ask for a Role with the verbs create, get, list and delete on pods, and create and get on pods/exec, or use another namespace.',
  },
  { code: /^(quota|limit-range|admission|webhook|service-account|controller)/, category: 'forbidden' },
  { code: /^claim-provisioning$/, category: 'not-found', mayLast: 120_000 },
  { code: /^claim-pending$/, category: 'not-found', mayLast: 20_000 },
  { code: /^(claim-in-use|volume-node-conflict)$/, category: 'conflict', mayLast: 5_000 },
  { code: /^(claim-|no-provisioner|storage-class)/, category: 'not-found', mayLast: 2_000 },
  {
    code: /^node-selector$/,
    category: 'conflict',
    remedy:
      'Bring the node back on which the claim is in use, stop what uses it there, or choose a claim with ReadWriteMany.',
    mayLast: 5_000,
  },
  { code: /^multi-attach$/, category: 'conflict', mayLast: 15_000 },
  {
    code: /^insufficient-/,
    category: 'no-space',
    remedy: 'Make room for 0.1 CPU and 64 MiB on a node that can mount the claim.',
    mayLast: 5_000,
  },
  { code: /^(no-nodes|too-many-pods|volume-limit|no-storage)$/, category: 'no-space', mayLast: 5_000 },
  { code: /^(mount-failed|volume-path-missing|node-not-ready)$/, category: 'server', mayLast: 20_000 },
  { code: /^(unschedulable|pressure|nodes-not-ready|cordoned|taint)$/, category: 'server', mayLast: 5_000 },
];

function toError(diagnosis: Diagnosis, { uid }: ClaimPlace, cause?: unknown): UploadPodError {
  const { category = diagnosis.category, remedy, setting } = advice.find(({ code }) => code.test(diagnosis.code)) ?? {};
  const nextStep: NextStep | undefined = setting === undefined ? diagnosis.nextStep : { kind: 'open-setting', setting };
  return new UploadPodError(category, diagnosis.summary, {
    remedy: remedy ?? diagnosis.remedy,
    // An upload has no manifest to look at.
    ...(nextStep && nextStep.kind !== 'show-manifest' && { nextStep }),
    cause: cause ?? new Error([`uid ${uid ?? 'of the cluster'}`, ...diagnosis.evidence].join('\n')),
  });
}

function mayLast({ code, mayHeal }: Diagnosis, grows: boolean): number {
  const usual = advice.find((each) => each.code.test(code))?.mayLast ?? (mayHeal === 'retry' ? 20_000 : 0);
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
