import { ModelDeckError } from '../../../foundation/error.ts';
import { sleep } from '../../../foundation/abortable.ts';
import type { Task } from '../../../foundation/task.ts';
import { kserveLabels, storageUrisOf } from '../../../kserve/index.ts';
import { pods, type Pod } from '../../../kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { readLive } from '../plan/clusterFacts.ts';
import { inPlace, type Place } from '../place.ts';
import { usersOf } from './serviceUsers.ts';

/** How long it may take; pods get 30 s by default to end by themselves. */
export const deletionTimes = {
  /** Until the finalizers are through, milliseconds. */
  finalizersMs: 20_000,
  /** Until the pods are gone, milliseconds. */
  podsMs: 60_000,
  /** Between two looks, milliseconds. */
  lookMs: 500,
};

/**
 * Deletes this very InferenceService, with everything that KServe made for it, and waits until its pods are gone.
 *
 * @returns a sentence on pods that take longer; empty when all is gone
 * @throws ModelDeckError `timeout` naming the finalizer that holds it
 */
export async function deleteService(place: Place, service: InferenceService, task: Task): Promise<readonly string[]> {
  const { name, uid } = service.metadata;
  await place.connection.delete(
    inferenceServices,
    inPlace(place, name),
    { propagation: 'Background', ...(uid !== undefined && { uid }) },
    task,
  );
  const held = await until(deletionTimes.finalizersMs, task, async () => {
    const live = await readLive(place, name, task);
    return live && live.metadata.uid === uid ? live : undefined;
  });
  if (held) throw stuck(held);
  const left = await until(deletionTimes.podsMs, task, async () => {
    const all = await podsOf(place, name, task);
    return all.length > 0 ? all : undefined;
  });
  return left ? [leftPods(name, left)] : [];
}

export async function podsOf({ connection, namespace }: Place, name: string, task: Task): Promise<readonly Pod[]> {
  const labelSelector = `${kserveLabels.inferenceService}=${name}`;
  return (await connection.list(pods, { namespace, labelSelector }, task)).items;
}

/** What deleting takes along, what it leaves, and what holds it back. */
export async function notesOnDeleting(place: Place, service: InferenceService, task: Task): Promise<readonly string[]> {
  const { name, finalizers = [], deletionTimestamp } = service.metadata;
  const [running, users] = await Promise.all([podsOf(place, name, task), usersOf(place, name, task)]);
  const places = storageUrisOf(service);
  const others = finalizers.filter((finalizer) => finalizer !== kserveFinalizer);
  return [
    `Its Deployment, Service, autoscaler and ${running.length} ${running.length === 1 ? 'pod' : 'pods'} go with it.`,
    ...(users.length === 0 ? [] : [`It is used by ${users.join(', ')}: these fail without it.`]),
    ...(places.length === 0 ? [] : [`The model stays where it is: ${places.join(', ')}`]),
    ...(deletionTimestamp === undefined ? [] : [stuck(service).message]),
    ...(others.length === 0 ? [] : [`It is kept until ${others.join(', ')} lets it go.`]),
  ];
}

const kserveFinalizer = 'inferenceservice.finalizers';

/** @see KServe #2119 and #4710: deleting hangs when the controller is gone or fails. */
function stuck({ metadata }: InferenceService): ModelDeckError {
  const { name, finalizers = [], deletionTimestamp } = metadata;
  const since = deletionTimestamp === undefined ? '' : ` since ${deletionTimestamp}`;
  const byKServe = finalizers.includes(kserveFinalizer);
  return new ModelDeckError(
    'timeout',
    `${name} is being deleted${since}, and kept by ${finalizers.length > 0 ? `the finalizer ${finalizers.join(', ')}` : 'the API server'}.`,
    {
      remedy: byKServe
        ? "KServe's controller takes its finalizer away: check that kserve-controller-manager runs and can reach the API server."
        : 'Ask who set the finalizer; what it protects is not tidied up when it is taken away by hand.',
      nextStep: { kind: 'retry' },
    },
  );
}

function leftPods(name: string, left: readonly Pod[]): string {
  const [first] = left;
  if (left.length === 1) return `The pod ${first?.metadata.name} of ${name} is still ending.`;
  return `${left.length} pods of ${name} are still ending.`;
}

/** Asks until there is nothing any more, or the time is over. @returns what is still there */
async function until<T>(milliseconds: number, task: Task, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const end = Date.now() + milliseconds; ;) {
    const found = await ask();
    if (found === undefined || Date.now() > end) return found;
    await sleep(deletionTimes.lookMs, task.signal);
  }
}
