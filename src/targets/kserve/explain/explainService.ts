import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { diagnose, noCauseFound } from '../../../kserve/index.ts';
import { events } from '../../../kserve/resources/core.ts';
import { readService } from '../plan/clusterFacts.ts';
import { podsOf } from '../operate/deleteService.ts';
import { gatherEvidence } from './gatherEvidence.ts';
import { diagnosisError } from './serviceFailure.ts';
import type { Place } from '../place.ts';

/**
 * What keeps an InferenceService from being ready, as far as the cluster tells; where it tells nothing, what was looked at.
 *
 * @returns undefined for one that is ready, stopped or being deleted
 */
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
  const evidence = await gatherEvidence(place, service, { pods, events: about }, {}, task);
  const diagnosis = diagnose(evidence);
  if (diagnosis !== undefined) return diagnosisError(diagnosis);
  const nothing = noCauseFound(evidence);
  if (nothing === undefined) return undefined;
  return new ModelDeckError('timeout', nothing, {
    remedy: 'It may only be slow: look at its events and logs, and ask again later.',
    nextStep: {
      kind: 'show-events',
      context: connection.context.name,
      namespace,
      objectKind: 'InferenceService',
      name,
    },
  });
}
