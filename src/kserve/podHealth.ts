import { kserveLabels } from './annotations.ts';
import { isPodReady, podRow } from './pods.ts';
import type { Pod } from './resources/core.ts';

/** What a list needs of a pod to know whether a service that is called ready is; small, since there may be thousands. */
export interface PodHealth {
  readonly name: string;
  /** The InferenceService that it belongs to. */
  readonly service: string;
  readonly isReady: boolean;
  /** kubectl's word for it while it crashes or cannot start, for example `CrashLoopBackOff`; left out while it is well. */
  readonly trouble?: string;
}

/** Words of kubectl's STATUS that do not pass by waiting a moment; those of init containers have `Init:` before them. */
const troubles =
  /^(?:Init:)?(CrashLoopBackOff|Error|OOMKilled|ContainerCannotRun|StartError|RunContainerError|CreateContainerConfigError|CreateContainerError|ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|(?:ExitCode|Signal):\d+)$/;

/**
 * @returns undefined for a pod that is leaving or has ended: an evicted pod stays beside the one that took its place
 */
export function podHealth(pod: Pod): PodHealth | undefined {
  const { metadata, status } = pod;
  const service = metadata.labels?.[kserveLabels.inferenceService];
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (service === undefined || metadata.deletionTimestamp !== undefined || isOver) return undefined;
  const isReady = isPodReady(pod);
  const { status: word } = podRow(pod);
  const trouble = isReady
    ? undefined
    : (troubles.exec(word)?.[0] ?? (isBetweenCrashes(pod) ? 'CrashLoopBackOff' : undefined));
  return { name: metadata.name, service, isReady, ...(trouble !== undefined && { trouble }) };
}

/** A container that crashes again and again runs for a moment each time. */
function isBetweenCrashes({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.some(
    ({ ready, restartCount, lastState }) =>
      ready !== true && (restartCount ?? 0) > 1 && (lastState?.terminated?.exitCode ?? 0) !== 0,
  );
}
