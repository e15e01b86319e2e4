import type { FieldConflict } from '../../../cluster/index.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { frameworkFields } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { hasApplied, sameJson } from './ownedFields.ts';

/**
 * Fields of `spec.predictor.model` that KServe's webhook has made of somebody's `predictor.pytorch` (or another framework):
 * nobody is written down as their manager, so that the API server gives them to whoever comes. They are that somebody's.
 */
export function webhookConflicts(live: InferenceService, wanted: InferenceService): readonly FieldConflict[] {
  const owner = hasApplied(live) ? undefined : ownerOfFramework(live);
  const [before, after] = [live.spec.predictor.model, wanted.spec.predictor.model];
  if (owner === undefined || !isRecord(before) || !isRecord(after)) return [];
  return changed(before, after, '.spec.predictor.model').map((field) => ({ manager: owner, field }));
}

function ownerOfFramework({ metadata, spec }: InferenceService): string | undefined {
  for (const { manager, fieldsV1 } of metadata.managedFields ?? []) {
    const predictor = inner(inner(fieldsV1, 'f:spec'), 'f:predictor');
    const framework = frameworkFields.find((field) => `f:${field}` in predictor && !(field in spec.predictor));
    if (framework !== undefined) return `${manager ?? 'somebody'} (as predictor.${framework})`;
  }
  return undefined;
}

function inner(value: unknown, key: string): JsonObject {
  const found = isRecord(value) ? value[key] : undefined;
  return isRecord(found) ? found : {};
}

function changed(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  return Object.entries(after).flatMap(([key, value]) => {
    const [earlier, at] = [before[key], `${path}.${key}`];
    if (earlier === undefined || sameJson(earlier, value)) return [];
    return isRecord(earlier) && isRecord(value) ? changed(earlier, value, at) : [at];
  });
}
