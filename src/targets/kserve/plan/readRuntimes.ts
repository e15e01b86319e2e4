import type { ClusterConnection } from '../../../cluster/clusterConnection.ts';
import { isKindMissing } from '../../../cluster/clusterErrors.ts';
import type { KubeObject, ResourceType } from '../../../cluster/objects/resource.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ListedRuntimes } from '../../../kserve/choices/otherRuntimes.ts';
import { clusterServingRuntimes, servingRuntimes } from '../../../kserve/resources/servingRuntime.ts';

/** The serving runtimes of a namespace and of its cluster; undefined where the user may not list them. */
export async function readRuntimes(place: Namespace, task: Task): Promise<ListedRuntimes> {
  const [namespaced, clusterWide] = await Promise.all([
    readableItems(place, servingRuntimes, task),
    readableItems(place, clusterServingRuntimes, task),
  ]);
  return { namespaced, clusterWide };
}

/** What there is of a kind, in the namespace where it belongs to one; undefined as with {@link readable}. */
export async function readableItems<T extends KubeObject>(
  { connection, namespace }: Namespace,
  type: ResourceType<T>,
  task: Task,
): Promise<readonly T[] | undefined> {
  return (await readable(connection.list(type, type.namespaced ? { namespace } : {}, task)))?.items;
}

interface Namespace {
  readonly connection: ClusterConnection;
  readonly namespace: string;
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
