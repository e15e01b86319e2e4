import { isRecord } from '../../../foundation/json.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { editableManifest, fromYaml } from '../../../kserve/index.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { readLive } from './clusterFacts.ts';
import { ownedFields, sameJson, united } from './ownedFields.ts';
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
  const { apply, patch } = live
    ? editsOf(live, manifest)
    : { apply: withNamespace(manifest, namespace), patch: undefined };
  await place.connection.apply(inferenceServices, apply, { dryRun: true, force }, task);
  await place.connection.apply(inferenceServices, apply, { force }, task);
  if (patch !== undefined) await place.connection.patch(inferenceServices, inPlace(place, name), patch, task);
}

/** What has to be applied, and the merge patch for what applying cannot take away. */
export function editsOf(
  live: InferenceService,
  edited: InferenceService,
): { readonly apply: InferenceService; readonly patch: unknown } {
  const before = editableManifest(live);
  const { set, removed } = differences(before, edited);
  const owned = removed === undefined ? ownedFields(live) : without(ownedFields(live), removed);
  return { apply: united(owned, set) as InferenceService, patch: removed };
}

type Json = Readonly<Record<string, unknown>>;

/** `set`: what is new or other; `removed`: a merge patch that takes away what is missing, undefined when nothing is. */
function differences(before: unknown, after: unknown): { readonly set: unknown; readonly removed: unknown } {
  if (!isRecord(before) || !isRecord(after)) return { set: after, removed: undefined };
  const set: Record<string, unknown> = {};
  const removed: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!(key in after)) removed[key] = null;
    else if (!(key in before)) set[key] = after[key];
    else if (!sameJson(before[key], after[key])) {
      const [earlier, later] = [before[key], after[key]];
      const inner = lostItems(earlier, later) ? { set: undefined, removed: later } : differences(earlier, later);
      if (inner.set !== undefined) set[key] = inner.set;
      if (inner.removed !== undefined) removed[key] = inner.removed;
    }
  }
  return { set: orUndefined(set), removed: orUndefined(removed) };
}

/** Applying a list of named objects keeps those of others: a list that lost some is written as a whole. */
function lostItems(before: unknown, after: unknown): boolean {
  return Array.isArray(before) && Array.isArray(after) && after.length < before.length;
}

function without(value: unknown, removed: unknown): unknown {
  if (!isRecord(value) || !isRecord(removed)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(key in removed) || isRecord(removed[key]))
      .map(([key, inner]) => [key, without(inner, removed[key])]),
  );
}

function withNamespace(manifest: InferenceService, namespace: string): InferenceService {
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

function orUndefined(record: Json): Json | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
