import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatContract, parseContract } from '../../../contract/contractJson.ts';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { folderRecordFile, type ModelPackage } from '../../modelPackage.ts';

/** What a package that we wrote says of itself, so that reading it back gives what was packaged. */
export type FolderRecord = Pick<ModelPackage, 'kind' | 'name' | 'version' | 'weightsSha256' | 'serves' | 'contract'>;

/** The text of the record's file. The same record gives the same text. */
export function formatFolderRecord(record: FolderRecord): string {
  const { kind, name, version, weightsSha256, serves, contract } = record;
  const said = contract && (JSON.parse(formatContract(contract)) as unknown);
  return `${JSON.stringify({ kind, name, version, weightsSha256, serves, contract: said }, null, 2)}\n`;
}

/**
 * The record of a package.
 * @param folder absolute path of the package
 * @returns undefined for a folder that has none, or that of another kind
 * @throws ModelDeckError `invalid-input` for a record whose contract cannot be read
 */
export async function readFolderRecord(folder: string, kind: string): Promise<FolderRecord | undefined> {
  const value = await readJsonFile(path.join(folder, folderRecordFile));
  if (value === undefined || value['kind'] !== kind) return undefined;
  const { name, version, weightsSha256, serves, contract } = value;
  if (typeof name !== 'string' || typeof version !== 'string' || !isServes(serves)) return undefined;
  return {
    kind,
    name,
    version,
    serves,
    ...(typeof weightsSha256 === 'string' && { weightsSha256 }),
    ...(contract !== undefined && { contract: contractIn(contract) }),
  };
}

/** The object of a JSON file; undefined where there is no such file, or it holds something else. */
export async function readJsonFile(file: string): Promise<JsonObject | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as unknown;
    return isRecord(value) ? value : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw fileError(error, 'read the package', file);
  }
}

function contractIn(value: unknown): ModelContract {
  return parseContract(value, folderRecordFile);
}

function isServes(value: unknown): value is FolderRecord['serves'] {
  return isRecord(value) && typeof value['modelFormat'] === 'string' && Array.isArray(value['protocols']);
}
