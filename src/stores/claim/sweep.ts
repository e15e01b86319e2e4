import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { uploadPodLabels } from '../../kserve/index.ts';
import { pods, type Pod } from '../../kserve/resources/core.ts';
import { isGone } from './owner.ts';
import { uploadPodKeys } from './podManifest.ts';

/** Milliseconds by which the clocks of two computers may differ. */
const clockSkew = 5 * 60_000;

/**
 * Deletes upload pods that a crash has left: their window is gone, their time is over, or they have ended. A pod that
 * somebody uses stays.
 *
 * @returns the names of what was deleted
 */
export async function sweepUploadPods(
  connection: ClusterConnection,
  namespace: string,
  task: Task = {},
): Promise<readonly string[]> {
  const labelSelector = Object.entries(uploadPodLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { items } = await connection.list(pods, { namespace, labelSelector }, task);
  const left = items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isLeft(pod));
  for (const { metadata } of left) {
    throwIfCancelled(task);
    const { name, uid } = metadata;
    await connection.delete(pods, { name, namespace }, uid === undefined ? {} : { uid }, task);
  }
  return left.map(({ metadata }) => metadata.name);
}

function isLeft({ metadata, status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const deadline = Date.parse(metadata.annotations?.[uploadPodKeys.deadline] ?? '');
  return deadline + clockSkew < Date.now() || isGone(metadata.labels?.[uploadPodKeys.owner] ?? '');
}
