import type { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { diagnose } from '../../../kserve/index.ts';
import { events } from '../../../kserve/resources/core.ts';
import { readService } from '../plan/clusterFacts.ts';
import { podsOf } from '../operate/deleteService.ts';
import { gatherEvidence } from './gatherEvidence.ts';
import { diagnosisError } from './serviceFailure.ts';
import type { Place } from '../place.ts';

/** What keeps an InferenceService from being ready, as far as the cluster tells. */
export async function explainService(place: Place, name: string, task: Task): Promise<ModelDeckError | undefined> {
  const { connection, namespace } = place;
  const [service, pods, about] = await Promise.all([
    readService(place, name, task),
    podsOf(place, name, task),
    connection.list(events, { namespace }, task).then(
      ({ items }) => items,
      () => [],
    ),
  ]);
  const diagnosis = diagnose(await gatherEvidence(place, service, { pods, events: about }, {}, task));
  return diagnosis && diagnosisError(diagnosis);
}
