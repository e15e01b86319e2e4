import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { persistentVolumeClaims, pods, type PersistentVolumeClaim, type Pod } from '../../kserve/resources/core.ts';
import type { ClaimPlace } from './claimPlace.ts';

/** What an upload pod has to know of its claim. */
export interface ClaimState {
  /** No node may write to it. */
  readonly readOnly: boolean;
  /** Where it has to run, because the volume is there and can be nowhere else. */
  readonly node?: string;
}

/**
 * Looks at the claim before a pod is made for it.
 *
 * @throws ModelDeckError `not-found`, `conflict` (it is being deleted, or one pod has it for itself), `server` (its volume is
 *   lost); when claims may not be read, nothing is known and nothing is thrown
 */
export async function readClaim(connection: ClusterConnection, place: ClaimPlace, task: Task): Promise<ClaimState> {
  let claim: PersistentVolumeClaim;
  try {
    claim = await connection.get(persistentVolumeClaims, { name: place.claim, namespace: place.namespace }, task);
  } catch (error) {
    if (!ModelDeckError.is(error)) throw error;
    if (error.category === 'forbidden') return { readOnly: false };
    if (error.category === 'not-found') throw missing(place, error);
    throw error;
  }
  if (claim.metadata.deletionTimestamp !== undefined) throw beingDeleted(place);
  if (claim.status?.phase === 'Lost') {
    throw new ModelDeckError('server', `The claim "${place.claim}" in ${place.namespace} has lost its volume.`, {
      remedy: 'Restore the PersistentVolume that it was bound to, or choose another claim.',
    });
  }
  const modes = claim.status?.accessModes ?? claim.spec?.accessModes ?? [];
  const readOnly = modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany');
  if (modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')) return { readOnly };
  const user = await runningUser(connection, place, task);
  if (user && modes.includes('ReadWriteOncePod')) {
    throw new ModelDeckError(
      'conflict',
      `The claim "${place.claim}" can be used by one pod only, and ${user.metadata.name} has it.`,
      {
        remedy: `Stop what runs in ${user.metadata.name}, or choose a claim with the access mode ReadWriteMany.`,
      },
    );
  }
  return { readOnly, ...(user?.spec?.nodeName !== undefined && { node: user.spec.nodeName }) };
}

/**
 * Looks at the claim again after something was put there: Kubernetes lets a pod write into a claim that goes away with it.
 *
 * @throws ModelDeckError `conflict` when it is being deleted, `not-found` when it is gone
 */
export async function checkClaimStays(connection: ClusterConnection, place: ClaimPlace, task: Task): Promise<void> {
  try {
    const claim = await connection.get(persistentVolumeClaims, { name: place.claim, namespace: place.namespace }, task);
    if (claim.metadata.deletionTimestamp === undefined) return;
  } catch (error) {
    if (ModelDeckError.is(error) && error.category === 'not-found') throw missing(place, error);
    // What may not be read is not known to be going away; the same for a server that is away at this moment.
    if (ModelDeckError.is(error) && error.category !== 'cancelled') return;
    throw error;
  }
  throw beingDeleted(place);
}

function beingDeleted({ claim, namespace }: ClaimPlace): ModelDeckError {
  return new ModelDeckError('conflict', `The claim "${claim}" in ${namespace} is being deleted.`, {
    remedy: 'Choose another claim, or create it again when it is gone.',
  });
}

/** A running pod that has the claim mounted, for example the predictor of an earlier version. */
async function runningUser(connection: ClusterConnection, place: ClaimPlace, task: Task): Promise<Pod | undefined> {
  let found: Pod | undefined;
  const uses = (pod: Pod): boolean =>
    pod.metadata.deletionTimestamp === undefined &&
    (pod.spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === place.claim);
  try {
    await connection.list(
      pods,
      {
        namespace: place.namespace,
        fieldSelector: 'status.phase=Running',
        onPage: (page) => {
          found ??= page.find(uses);
        },
      },
      task,
    );
  } catch (error) {
    if (!ModelDeckError.is(error) || error.category !== 'forbidden') throw error;
  }
  return found;
}

function missing(place: ClaimPlace, cause: unknown): ModelDeckError {
  return new ModelDeckError('not-found', `There is no claim "${place.claim}" in ${place.namespace}.`, {
    remedy: `Create the PersistentVolumeClaim "${place.claim}" in ${place.namespace}, or choose another one.`,
    cause,
  });
}
