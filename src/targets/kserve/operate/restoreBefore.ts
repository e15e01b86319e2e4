import { sleep } from '../../../foundation/abortable.ts';
import type { Task } from '../../../foundation/task.ts';
import { isSamePlace, isStopRequested, keptStorageUrisOf } from '../../../kserve/index.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { StoredModel } from '../../../stores/modelStore.ts';
import type { Restoration } from '../../target.ts';
import { requestStop, type Applied, type Journal } from '../serve/applyDeployment.ts';
import { isCategory, readLive } from '../plan/clusterFacts.ts';
import { deleteService } from './deleteService.ts';
import { removeMadeRuntime } from '../plan/newRuntime.ts';
import { hasApplied, ownedFields, sameFields, united } from '../plan/ownedFields.ts';
import type { Place } from '../place.ts';
import { markOf } from '../plan/prepareDeployment.ts';

/** How often the API server is asked again while it is gone; 1, 2, 4… s apart. */
const maxTries = 6;

/**
 * Takes a deploy back by its journal: what is new is deleted, what was there gets the fields back that it had. Whatever
 * somebody else has deployed under the name in the meantime is left alone.
 */
export async function restoreBefore(
  place: Place,
  journal: Journal,
  model: StoredModel,
  task: Task,
): Promise<Restoration> {
  const remains = await takeBack(place, journal, task);
  return { remains, modelInUse: await insist(() => isInUse(place, model.storageUri, task), task) };
}

/** @returns what could not be taken back, one sentence each */
export async function takeBack(place: Place, journal: Journal, task: Task): Promise<readonly string[]> {
  const { applied, name, madeRuntime } = journal;
  const remains = applied ? await insist(() => restoreService(place, name, applied, task), task) : [];
  journal.applied = undefined;
  if (madeRuntime === undefined) return remains;
  const kept = await insist(() => removeMadeRuntime(place, madeRuntime, task), task);
  journal.madeRuntime = undefined;
  return [...remains, ...kept];
}

async function restoreService(place: Place, name: string, applied: Applied, task: Task): Promise<readonly string[]> {
  const { before, mark } = applied;
  const live = await readLive(place, name, task);
  if (!live) return before ? [`${name} was deleted by somebody else, so that it could not be restored.`] : [];
  if (markOf(live) !== mark) {
    // An apply that never arrived leaves what was there.
    const isUntouched = before !== undefined && markOf(live) === markOf(before);
    return isUntouched ? [] : [`${name} was deployed by somebody else in the meantime and is left as it is.`];
  }
  if (!before) return deleteService(place, live, task);
  await place.connection.apply(inferenceServices, fieldsBefore(applied, before), { force: true }, task);
  if (isStopRequested(before)) await requestStop(place, name, true, task);
  return [];
}

/** What we owned before, and what others had in the fields that we took from them. */
function fieldsBefore({ manifest }: Applied, before: InferenceService): InferenceService {
  const owned = hasApplied(before) ? united(manifest, ownedFields(before)) : manifest;
  return sameFields(before, owned as InferenceService);
}

/** Whether a service serves from there, or could be rolled back to it. */
async function isInUse({ connection, namespace }: Place, storageUri: string, task: Task): Promise<boolean> {
  const { items } = await connection.list(inferenceServices, { namespace }, task);
  return items.some(
    (service) =>
      service.metadata.deletionTimestamp === undefined &&
      keptStorageUrisOf(service).some((uri) => isSamePlace(uri, storageUri)),
  );
}

/** Undoing goes on while the API server is being started again. */
async function insist<T>(action: () => Promise<T>, task: Task): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!isCategory(error, 'unreachable') || tries === maxTries) throw error;
      await sleep(2 ** (tries - 1) * 1000, task.signal);
    }
  }
}
