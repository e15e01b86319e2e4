import { isRecord } from '../foundation/json.ts';
import { readEarlierVersions } from './earlierVersions.ts';
import type { InferenceService } from './resources/inferenceService.ts';

/**
 * Every place that an InferenceService takes models from: of its predictor, of canaries, of a transformer, one or many each
 * (`storageUri`, `storageUris`, and the variable `STORAGE_URI` of a container of one's own).
 */
export function storageUrisOf({ spec }: Pick<InferenceService, 'spec'>): readonly string[] {
  return [...new Set(urisIn(spec))];
}

/** {@link storageUrisOf} it, and those of the versions that it can be rolled back to. */
export function keptStorageUrisOf(service: InferenceService): readonly string[] {
  const earlier = readEarlierVersions(service).flatMap(({ storageUri, manifest }) => [
    storageUri,
    ...(manifest ? storageUrisOf(manifest) : []),
  ]);
  return [...new Set([...storageUrisOf(service), ...earlier])];
}

/** Whether two storage URIs name the same folder, or one that lies in the other: what takes one away takes the other. */
export function isSamePlace(a: string, b: string): boolean {
  const [one, other] = [a, b].map((uri) => `${uri.replace(/\/+$/, '')}/`);
  return one !== undefined && other !== undefined && (one.startsWith(other) || other.startsWith(one));
}

function urisIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(urisIn);
  if (!isRecord(value)) return [];
  const { name, value: text } = value;
  const variable = name === 'STORAGE_URI' && typeof text === 'string' && text !== '' ? [text] : [];
  return [...variable, ...Object.entries(value).flatMap(([key, inner]) => urisAt(key, inner))];
}

function urisAt(key: string, value: unknown): readonly string[] {
  if (key === 'storageUri') return typeof value === 'string' && value !== '' ? [value] : [];
  if (key !== 'storageUris' || !Array.isArray(value)) return urisIn(value);
  return value.flatMap((item: unknown) => (isRecord(item) && typeof item['uri'] === 'string' ? [item['uri']] : []));
}
