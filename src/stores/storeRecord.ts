import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelContract } from '../contract/modelContract.ts';
import { isRecord, type JsonObject } from '../foundation/json.ts';
import { beforeKinds } from '../packaging/kinds/beforeKinds.ts';
import type { ModelPackage, PackageFile, Serves } from '../packaging/modelPackage.ts';
import type { StoredModel } from './modelStore.ts';
import { isInnerPath, recordFile } from './versionFolder.ts';

/** What a store knows of one version without reading its files; `model-deck.json` beside them. */
export interface StoreRecord extends Omit<ModelPackage, 'folder' | 'files' | 'weightsSha256'> {
  readonly files: readonly Omit<PackageFile, 'source'>[];
}

export function recordOf(made: ModelPackage): StoreRecord {
  const { kind, name, version, size, sha256, archive, serves, contract, files } = made;
  return {
    name,
    version,
    size,
    sha256,
    ...(archive !== undefined && { archive }),
    kind,
    serves,
    files: files.map((file) => ({ path: file.path, size: file.size, sha256: file.sha256 })),
    ...(contract && { contract }),
  };
}

/** The text of a record's file. */
export function formatRecord(record: StoreRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Undefined for a text that is not one of our records. */
export function parseRecord(text: string): StoreRecord | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isRecord(value) ? readFields(value) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRecord(folder: string, record: StoreRecord): Promise<void> {
  await writeFile(path.join(folder, recordFile), formatRecord(record));
}

/** Undefined for a folder that holds none, or one that is not ours: such a folder is no stored model. */
export async function readRecord(folder: string): Promise<StoreRecord | undefined> {
  try {
    return parseRecord(await readFile(path.join(folder, recordFile), 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A model as its store tells of it. @param place what only the store knows */
export function storedModel(
  record: StoreRecord,
  place: Pick<StoredModel, 'storeId' | 'storageUri'> & { readonly folder?: string },
): StoredModel {
  const { name, version, size, sha256, kind, serves, contract, archive } = record;
  const { folder, storeId, storageUri } = place;
  return {
    storeId,
    name,
    version,
    storageUri,
    ...(folder !== undefined && { path: folder }),
    ...(folder !== undefined && archive !== undefined && { archivePath: path.join(folder, ...archive.split('/')) }),
    size,
    sha256,
    kind,
    serves,
    ...(contract && { contract }),
  };
}

function readFields(value: JsonObject): StoreRecord | undefined {
  const { name, version, size, sha256, archive, contract } = value;
  if (![name, version, sha256].every((text) => typeof text === 'string') || typeof size !== 'number') return undefined;
  if (archive !== undefined && !isPath(archive)) return undefined;
  const made = { name, version, size, sha256, ...(archive !== undefined && { archive }) } as ModelPackage;
  if (value['files'] === undefined) return recordBeforeKinds(made);
  const { kind, serves, files } = value;
  if (typeof kind !== 'string' || !isServes(serves) || !isFiles(files)) return undefined;
  return {
    ...made,
    kind,
    serves,
    files,
    ...(isRecord(contract) && { contract: contract as unknown as ModelContract }),
  };
}

/** Records of earlier versions name the archive alone, and are of the kind that there was. */
function recordBeforeKinds(made: ModelPackage): StoreRecord | undefined {
  const { archive, size, sha256 } = made;
  if (archive === undefined) return undefined;
  return { ...made, ...beforeKinds, files: [{ path: archive, size, sha256 }] };
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && isInnerPath(value);
}

function isServes(value: unknown): value is Serves {
  return (
    isRecord(value) &&
    typeof value['modelFormat'] === 'string' &&
    Array.isArray(value['protocols']) &&
    [value['args'], value['pythonPackages']].every(isTexts) &&
    isStartup(value['startup'])
  );
}

function isTexts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function isStartup(value: unknown): boolean {
  return (
    value === undefined || (isRecord(value) && typeof value['port'] === 'number' && typeof value['path'] === 'string')
  );
}

function isFiles(value: unknown): value is StoreRecord['files'] {
  return (
    Array.isArray(value) &&
    value.every(
      (file) =>
        isRecord(file) &&
        isPath(file['path']) &&
        typeof file['size'] === 'number' &&
        typeof file['sha256'] === 'string',
    )
  );
}
