import type { KubeObject } from '../cluster/objects/resource.ts';
import { modelDeckAnnotations } from './annotations.ts';
import { isRecord } from '../foundation/json.ts';

/** A version that an InferenceService served before. */
export interface EarlierVersion {
  /** Version of the model, as the package names it. */
  readonly version: string;
  readonly storageUri: string;
  readonly sha256?: string;
  /** RFC 3339. */
  readonly replacedAt: string;
}

/** The annotation travels with every pod, so that the list stays short. */
const mostVersions = 10;

/** Newest first. What is no version, for example after editing by hand, is left out. */
export function readEarlierVersions(object: KubeObject): readonly EarlierVersion[] {
  const text = object.metadata.annotations?.[modelDeckAnnotations.earlierVersions];
  if (typeof text !== 'string') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(list) ? list.flatMap(toEarlierVersion).slice(0, mostVersions) : [];
}

/** The annotation's value once `replaced` is served no more. A version at the same place is listed once, as the newest. */
export function formatEarlierVersions(replaced: EarlierVersion, before: readonly EarlierVersion[]): string {
  const others = before.filter((version) => version.storageUri !== replaced.storageUri);
  return JSON.stringify([replaced, ...others].slice(0, mostVersions));
}

function toEarlierVersion(value: unknown): EarlierVersion[] {
  if (!isRecord(value)) return [];
  const { version, storageUri, sha256, replacedAt } = value;
  if (typeof version !== 'string' || typeof storageUri !== 'string' || typeof replacedAt !== 'string') return [];
  return [{ version, storageUri, ...(typeof sha256 === 'string' && { sha256 }), replacedAt }];
}
