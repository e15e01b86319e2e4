import { isRecord } from '../../../foundation/json.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { editableManifest, fromYaml } from '../../../kserve/index.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { readLive } from './clusterFacts.ts';
import { counterpartOf } from './listItems.ts';
import { ownedFields, sameFields, sameJson, united } from './ownedFields.ts';
import { inPlace, type Place } from '../place.ts';
import { manifestError } from './prepareDeployment.ts';

/**
 * Applies a manifest that the user edited. Of what is there already only the changes are applied, so that the fields of
 * other managers stay theirs; what the user took out is taken out whoever wrote it.
 *
 * @throws ModelDeckError `invalid-input` for what is no InferenceService of this namespace, or what the server objects
 *   to; `conflict` naming the managers of fields that would be taken
 */
export async function applyEditedManifest(place: Place, yaml: string, force: boolean, task: Task): Promise<void> {
  const { manifest, findings } = fromYaml(yaml);
  if (!manifest) throw manifestError(findings);
  const { name, namespace = place.namespace } = manifest.metadata;
  if (namespace !== place.namespace) {
    throw new ModelDeckError(
      'invalid-input',
      `The manifest is for the namespace ${namespace}, not ${place.namespace}.`,
      {
        remedy: `Apply it in ${namespace}.`,
      },
    );
  }
  const live = await readLive(place, name, task);
  const apply = live ? editsOf(live, manifest) : withNamespace(manifest, namespace);
  await place.connection.apply(inferenceServices, apply, { dryRun: true, force }, task);
  const applied = await place.connection.apply(inferenceServices, apply, { force }, task);
  const rest = live && leftOver(live, manifest, applied);
  if (rest !== undefined) await place.connection.patch(inferenceServices, inPlace(place, name), rest, task);
}

/** What has to be applied: all that is ours and was left in, with what is new or other. */
export function editsOf(live: InferenceService, edited: InferenceService): InferenceService {
  const all = united(ownedFields(live), changes(editableManifest(live), edited)) as InferenceService;
  const kept = sameFields(all, edited);
  return { ...kept, metadata: { ...kept.metadata, name: live.metadata.name } };
}

/**
 * The merge patch for what the user took out and applying could not take away, since somebody else manages it too;
 * undefined when nothing of it is left.
 */
export function leftOver(live: InferenceService, edited: InferenceService, applied: InferenceService): unknown {
  const now = editableManifest(applied);
  return patchTo(now, withoutRemoved(now, editableManifest(live), edited));
}

/** What is new or other. A list that has changed is written as a whole. */
function changes(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const changed = Object.entries(after).flatMap(([key, value]): [string, unknown][] => {
    if (sameJson(before[key], value)) return [];
    return [[key, key in before ? changes(before[key], value) : value]];
  });
  return Object.fromEntries(changed);
}

/** What is there now, without what was there before and is not in the edited text any more. */
function withoutRemoved(now: unknown, before: unknown, after: unknown): unknown {
  if (isRecord(now) && isRecord(before)) {
    const left = isRecord(after) ? after : {};
    return Object.fromEntries(
      Object.entries(now)
        .filter(([key]) => !(key in before) || key in left)
        .map(([key, value]) => [key, key in before ? withoutRemoved(value, before[key], left[key]) : value]),
    );
  }
  if (!Array.isArray(now) || !Array.isArray(before) || !Array.isArray(after)) return now;
  const items: readonly unknown[] = now;
  const then: readonly unknown[] = before;
  const left: readonly unknown[] = after;
  return items.flatMap((item) => {
    const [earlier, later] = [sameItem(then, item), sameItem(left, item)];
    if (earlier === undefined) return [item];
    return later === undefined ? [] : [withoutRemoved(item, earlier, later)];
  });
}

function sameItem(list: readonly unknown[], item: unknown): unknown {
  return counterpartOf(list, item) ?? list.find((other) => sameJson(other, item));
}

/** The merge patch that makes the second of the first, which only lacks something; undefined when they are the same. */
function patchTo(from: unknown, to: unknown): unknown {
  if (!isRecord(from) || !isRecord(to)) return sameJson(from, to) ? undefined : to;
  const patch = Object.entries(from).flatMap(([key, value]): [string, unknown][] => {
    const inner = key in to ? patchTo(value, to[key]) : null;
    return inner === undefined ? [] : [[key, inner]];
  });
  return patch.length === 0 ? undefined : Object.fromEntries(patch);
}

function withNamespace(manifest: InferenceService, namespace: string): InferenceService {
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}
