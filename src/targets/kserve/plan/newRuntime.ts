import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { refusalError } from '../explain/serviceFailure.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { toYaml } from '../../../kserve/index.ts';
import { inferenceServices } from '../../../kserve/resources/inferenceService.ts';
import { servingRuntimes, type ServingRuntime } from '../../../kserve/resources/servingRuntime.ts';
import type { PlannedObject } from '../../target.ts';
import type { Journal } from '../serve/applyDeployment.ts';
import { inPlace, type Place } from '../place.ts';
import { isCategory } from './clusterFacts.ts';

/** A ServingRuntime that will be made, as the API server takes it in a dry run. */
export async function plannedRuntime(place: Place, runtime: ServingRuntime, task: Task): Promise<PlannedObject> {
  const { name } = runtime.metadata;
  const object = {
    kind: 'ServingRuntime',
    name,
    namespace: place.namespace,
    action: 'create',
    yaml: toYaml(runtime),
  } as const;
  try {
    await place.connection.apply(servingRuntimes, runtime, { dryRun: true }, task);
    return { ...object, dryRun: { ok: true } };
  } catch (error) {
    throwIfCancelled(task);
    if (!ModelDeckError.is(error) || error.category === 'unreachable') throw error;
    const { message, remedy, category } = refusalError(
      { metadata: runtime.metadata, spec: { predictor: {} } },
      place.connection.context.name,
      error,
    );
    return { ...object, dryRun: { ok: false, reason: message, category, ...(remedy !== undefined && { remedy }) } };
  }
}

/** Makes it, noted in the journal before it is sent: whether it arrived may stay unknown. */
export async function makeRuntime(place: Place, runtime: ServingRuntime, journal: Journal, task: Task): Promise<void> {
  throwIfCancelled(task);
  journal.madeRuntime = runtime.metadata.name;
  await place.connection.apply(servingRuntimes, runtime, {}, task);
}

/** Takes a runtime away that a deploy made, unless a service has come to need it. @returns why it stays */
export async function removeMadeRuntime(place: Place, name: string, task: Task): Promise<readonly string[]> {
  const { items } = await place.connection.list(inferenceServices, { namespace: place.namespace }, task);
  const user = items.find(
    ({ spec, status, metadata }) =>
      metadata.deletionTimestamp === undefined &&
      (spec.predictor.model?.runtime === name || status?.servingRuntimeName === name),
  );
  if (user) return [`The ServingRuntime ${name} stays: ${user.metadata.name} is served by it.`];
  try {
    await place.connection.delete(servingRuntimes, inPlace(place, name), { propagation: 'Background' }, task);
    return [];
  } catch (error) {
    if (isCategory(error, 'not-found')) return [];
    throw error;
  }
}
