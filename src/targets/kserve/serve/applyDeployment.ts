import { fieldConflicts } from '../../../cluster/index.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { sleep } from '../../../foundation/abortable.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { isStopRequested, kserveAnnotations } from '../../../kserve/index.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { isCategory, readLive } from '../plan/clusterFacts.ts';
import { inPlace, type Place } from '../place.ts';
import { asApplied, createOwned } from './createOwned.ts';
import { planRevisionOf, markOf, prepare, type Prepared } from '../plan/prepareDeployment.ts';

/** What a deploy has done so far, and what was there before: all that is needed to take it back. */
export interface Journal {
  readonly name: string;
  /** Set before the first change is sent: whether it arrived may stay unknown. */
  applied?: Applied | undefined;
  /** Name of the ServingRuntime that was made for it. */
  madeRuntime?: string | undefined;
}

export interface Applied {
  /** The object before; undefined when there was none. */
  readonly before: InferenceService | undefined;
  readonly manifest: InferenceService;
  readonly mark: string;
}

export interface ApplyRequest {
  /** Makes what is wanted of what is there. */
  readonly wanted: (live: InferenceService | undefined) => InferenceService;
  readonly force: boolean;
  /** What `planRevisionOf` must still say of it. */
  readonly planRevision?: string | undefined;
}

/** How often it is begun again, after the controller wrote to the object in between, or the API server was gone. */
const maxTries = 6;

/**
 * Applies an InferenceService, checked by a dry run first, and only onto what the plan has seen.
 *
 * @throws ModelDeckError `conflict` naming the other managers, or that the object has changed since the plan; what the
 *   server has against the manifest
 */
export async function applyDeployment(
  place: Place,
  request: ApplyRequest,
  journal: Journal,
  task: Task,
): Promise<InferenceService> {
  let wasAway = false;
  for (let tries = 1; ; tries++) {
    try {
      const applied = await applyOnce(place, request, journal, task);
      return isStopRequested(applied) ? await requestStop(place, journal.name, false, task) : applied;
    } catch (error) {
      const isRace = isStaleVersion(error);
      const isAway = isCategory(error, 'unreachable') || isCategory(error, 'timeout');
      // An API server that has just started does not know its roles yet.
      const isOutage = isAway || (wasAway && isCategory(error, 'forbidden'));
      wasAway ||= isAway;
      if (!(isRace || isOutage) || tries === maxTries) throw error;
      if (isRace) journal.applied = undefined;
      if (isOutage) await sleep(2 ** tries * 250, task.signal);
    }
  }
}

async function applyOnce(
  place: Place,
  { wanted, force, planRevision }: ApplyRequest,
  journal: Journal,
  task: Task,
): Promise<InferenceService> {
  const { name } = journal;
  const live = await readLive(place, name, task);
  // An answer that was lost on the way back.
  if (live && journal.applied && markOf(live) === journal.applied.mark) return asApplied(place, live);
  if (planRevision !== undefined && planRevision !== planRevisionOf(live))
    throw movedOn(place, name, planRevision, live);
  const prepared = await prepare(place, wanted(live), live, force, task);
  if (prepared.refusal) throw prepared.refusal;
  if (prepared.conflicts.length > 0 && !force) throw ownedByOthers(name, prepared);
  const { manifest, action } = prepared;
  if (live && action === 'unchanged' && !isStopRequested(live)) return live;
  throwIfCancelled(task);
  journal.applied ??= { before: live, manifest, mark: markOf(manifest) };
  // With the version that was read, the server refuses to write onto another one. A cancel waits for the answer: what
  // is sent cannot be called back, and has to be known to be undone.
  const applied = live
    ? await place.connection.apply(inferenceServices, onto(manifest, live), { force })
    : await createOwned(place, manifest);
  throwIfCancelled(task);
  return applied;
}

/** The server's answer to a write onto a resource version that is no longer the newest. */
function isStaleVersion(error: unknown): boolean {
  if (!ModelDeckError.is(error) || error.category !== 'conflict') return false;
  const isServers = (error.cause as { readonly kind?: string } | undefined)?.kind === 'Status';
  return isServers && fieldConflicts(error).length === 0;
}

function onto(manifest: InferenceService, live: InferenceService): InferenceService {
  const { uid, resourceVersion } = live.metadata;
  const precondition = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
  return { ...manifest, metadata: { ...manifest.metadata, ...precondition } };
}

/** A merge patch, since applying cannot take away what another manager has written. */
export function requestStop(place: Place, name: string, stop: boolean, task: Task): Promise<InferenceService> {
  const patch = { metadata: { annotations: { [kserveAnnotations.stop]: stop ? 'true' : null } } };
  return place.connection.patch(inferenceServices, inPlace(place, name), patch, task);
}

function ownedByOthers(name: string, { conflicts }: Prepared): ModelDeckError {
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].join(', ');
  const fields = conflicts.map(({ field }) => field).join(', ');
  return new ModelDeckError('conflict', `${name} has fields that ${managers} manages: ${fields}.`, {
    remedy: `Take them over by deploying with force, or leave them to ${managers} by taking them out of the manifest.`,
  });
}

function movedOn(place: Place, name: string, planRevision: string, live: InferenceService | undefined): ModelDeckError {
  const what = !live ? 'was deleted' : planRevision === planRevisionOf(undefined) ? 'was made' : 'was changed';
  return new ModelDeckError(
    'conflict',
    `${name} in ${place.namespace} ${what} by somebody else since it was planned.`,
    {
      remedy: 'Look at the plan again, and deploy if it still fits.',
      nextStep: { kind: 'retry' },
    },
  );
}
