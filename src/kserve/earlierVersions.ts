import type { KubeObject } from '../cluster/objects/resource.ts';
import { modelDeckAnnotations } from './annotations.ts';
import { isRecord, jsonIn } from '../foundation/json.ts';
import type { InferenceServiceSpec } from './resources/inferenceService.ts';

/** A version that an InferenceService served before. */
export interface EarlierVersion {
  /** Version of the model, as the package names it. */
  readonly version: string;
  readonly storageUri: string;
  readonly sha256?: string;
  /** RFC 3339. */
  readonly replacedAt: string;
  /** All that the version was deployed with; left out where it is not known, or the list has no room for it. */
  readonly manifest?: VersionManifest;
}

/** What an InferenceService said when a version was replaced, without its name. */
export interface VersionManifest {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: InferenceServiceSpec;
}

/** The annotation travels with every pod, so that the list stays short. */
const mostVersions = 10;

/** An object has room for 256 KiB of annotations, other people's among them. */
const mostCharacters = 64 * 1024;

/** Newest first. What is no version, for example after editing by hand, is left out. */
export function readEarlierVersions(object: KubeObject): readonly EarlierVersion[] {
  const text = object.metadata.annotations?.[modelDeckAnnotations.earlierVersions];
  const list = typeof text === 'string' ? jsonIn(text) : undefined;
  return Array.isArray(list) ? list.flatMap(toEarlierVersion).slice(0, mostVersions) : [];
}

/**
 * The annotation's value once `replaced` is served no more. A version at the same place is listed once, as the newest. The
 * oldest lose their manifests first where there is no room for all.
 */
export function formatEarlierVersions(replaced: EarlierVersion, before: readonly EarlierVersion[]): string {
  const others = before.filter((version) => version.storageUri !== replaced.storageUri);
  const all = [replaced, ...others].slice(0, mostVersions);
  for (let whole = all.length; ; whole--) {
    const text = JSON.stringify(all.map((version, index) => (index < whole ? version : withoutManifest(version))));
    if (text.length <= mostCharacters || whole === 0) return text;
  }
}

function withoutManifest({ version, storageUri, sha256, replacedAt }: EarlierVersion): EarlierVersion {
  return { version, storageUri, ...(sha256 !== undefined && { sha256 }), replacedAt };
}

function toEarlierVersion(value: unknown): EarlierVersion[] {
  if (!isRecord(value)) return [];
  const { version, storageUri, sha256, replacedAt, manifest } = value;
  if (typeof version !== 'string' || typeof storageUri !== 'string' || typeof replacedAt !== 'string') return [];
  return [
    {
      version,
      storageUri,
      ...(typeof sha256 === 'string' && { sha256 }),
      replacedAt,
      ...(isVersionManifest(manifest) && { manifest }),
    },
  ];
}

function isVersionManifest(value: unknown): value is VersionManifest {
  return isRecord(value) && isRecord(value['spec']) && isRecord(value['spec']['predictor']);
}
