import { isRecord, type JsonObject } from '../foundation/json.ts';

/** A model of the `model_snapshot`: TorchServe and KServe serve it under this name, whatever the archive says. */
export interface SnapshotModel {
  readonly name: string;
  readonly version: string;
  readonly isDefault: boolean;
  readonly marName: string;
}

export interface ConfigProperties {
  readonly models: readonly SnapshotModel[];
  /** By key, as TorchServe and KServe's wrapper read them. */
  readonly properties: ReadonlyMap<string, string>;
  /** What would keep KServe's wrapper or TorchServe from starting with it; one sentence each. */
  readonly problems: readonly string[];
}

/** Without them KServe's wrapper of TorchServe 0.9 ends with a KeyError. */
const neededByWrapper = [
  'model_snapshot',
  'inference_address',
  'management_address',
  'grpc_inference_port',
  'model_store',
];

/** Reads a `config.properties` of TorchServe: one `name=value` a line, split at the first `=`, the last of a name counts. */
export function parseConfigProperties(text: string): ConfigProperties {
  const properties = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at === -1 || /^\s*[#!]/.test(line)) continue;
    properties.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  const missing = neededByWrapper.filter((key) => !properties.has(key));
  const snapshot = parseSnapshot(properties.get('model_snapshot'));
  return {
    models: snapshot.models,
    properties,
    problems: [
      ...missing.map((key) => `config.properties has no ${key}, which KServe's wrapper of TorchServe needs.`),
      ...snapshot.problems,
    ],
  };
}

function parseSnapshot(text: string | undefined): Pick<ConfigProperties, 'models' | 'problems'> {
  if (text === undefined) return { models: [], problems: [] };
  let snapshot: unknown;
  try {
    snapshot = JSON.parse(text);
  } catch {
    return {
      models: [],
      problems: ['The model_snapshot of config.properties is no JSON: it has to stand in one line.'],
    };
  }
  const listed = isRecord(snapshot) && isRecord(snapshot['models']) ? snapshot['models'] : {};
  const models = Object.entries(listed).flatMap(([name, versions]) =>
    Object.entries(isRecord(versions) ? versions : {}).flatMap(([version, entry]) => toModel(name, version, entry)),
  );
  const count = isRecord(snapshot) ? snapshot['modelCount'] : undefined;
  const isEmpty = models.length === 0 || (typeof count === 'number' && count <= 0);
  return {
    models,
    problems: isEmpty ? ['The model_snapshot of config.properties names no model, so that none is loaded.'] : [],
  };
}

function toModel(name: string, version: string, entry: unknown): SnapshotModel[] {
  if (!isRecord(entry)) return [];
  const { defaultVersion, marName }: JsonObject = entry;
  return [{ name, version, isDefault: defaultVersion === true, marName: typeof marName === 'string' ? marName : '' }];
}
