import type { ManagedFields } from '../../../cluster/objects/resource.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { fieldManager, hasApplied } from '../plan/ownedFields.ts';
import { isCategory } from '../plan/clusterFacts.ts';
import { inPlace, type Place } from '../place.ts';

/** KServe's controller writes its finalizer in the same moment. */
const maxTries = 5;

/**
 * Makes an object that must not be there yet: an apply would go onto one that somebody else has made since. Then our fields
 * are written down as applied, so that the next apply can take them away again, in the way of client-go's `csaupgrade`.
 *
 * @throws ModelDeckError `conflict` when there is one already
 */
export async function createOwned(place: Place, manifest: InferenceService): Promise<InferenceService> {
  return asApplied(place, await place.connection.create(inferenceServices, manifest));
}

/** The object with what we have created written down as applied; the same object where that is so already. */
export async function asApplied(place: Place, made: InferenceService): Promise<InferenceService> {
  let object = made;
  for (let tries = 1; ; tries++) {
    const { managedFields = [], resourceVersion, name } = object.metadata;
    if (hasApplied(object) || !managedFields.some(isCreation)) return object;
    const fields = managedFields.map((entry) => (isCreation(entry) ? { ...entry, operation: 'Apply' } : entry));
    const patch = { metadata: { resourceVersion, managedFields: fields } };
    try {
      return await place.connection.patch(inferenceServices, inPlace(place, name), patch);
    } catch (error) {
      if (!isCategory(error, 'conflict') || tries === maxTries) throw error;
      object = await place.connection.get(inferenceServices, inPlace(place, name));
    }
  }
}

function isCreation({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === fieldManager && operation === 'Update' && (subresource ?? '') === '';
}
