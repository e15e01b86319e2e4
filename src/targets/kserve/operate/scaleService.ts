import type { Task } from '../../../foundation/task.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { readService } from '../plan/clusterFacts.ts';
import { ownedFields, united } from '../plan/ownedFields.ts';
import type { Place } from '../place.ts';

/**
 * Sets the bounds of the replicas, whoever owns them: the user has named just these. Applied together with all that is
 * ours already, since what is left out of an apply is taken away.
 */
export async function scaleService(
  place: Place,
  name: string,
  minReplicas: number,
  maxReplicas: number,
  task: Task,
): Promise<InferenceService> {
  const live = await readService(place, name, task);
  const manifest = united(ownedFields(live), { spec: { predictor: { minReplicas, maxReplicas } } }) as InferenceService;
  return place.connection.apply(inferenceServices, manifest, { force: true }, task);
}
