import type { ClusterConnection } from '../../../cluster/clusterConnection.ts';
import { isKindMissing } from '../../../cluster/clusterErrors.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ListedRuntimes } from '../../../kserve/choices/otherRuntimes.ts';
import { clusterServingRuntimes, servingRuntimes } from '../../../kserve/resources/servingRuntime.ts';

/** The serving runtimes of a namespace and of its cluster; undefined where the user may not list them. */
export async function readRuntimes(
  { connection, namespace }: { readonly connection: ClusterConnection; readonly namespace: string },
  task: Task,
): Promise<ListedRuntimes> {
  const [namespaced, clusterWide] = await Promise.all([
    readable(connection.list(servingRuntimes, { namespace }, task)),
    readable(connection.list(clusterServingRuntimes, {}, task)),
  ]);
  return { namespaced: namespaced?.items, clusterWide: clusterWide?.items };
}

/** What is forbidden, or a kind that an older KServe does not have, is left out: the reader says less then. */
export async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const isForbidden = ModelDeckError.is(error) && error.category === 'forbidden';
    if (isForbidden || isKindMissing(error)) return undefined;
    throw error;
  }
}
