import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a store knows of one version without reading its archive; `model-deck.json` beside config/ and model-store/. */
export interface StoreRecord {
  readonly name: string;
  readonly version: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly sha256: string;
  /** Path of the archive below the version's folder, with `/`. */
  readonly archive: string;
}

const recordFile = 'model-deck.json';

/** The text of a record's file. */
export function formatRecord(record: StoreRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Undefined for a text that is no record of ours. */
export function parseRecord(text: string): StoreRecord | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isRecord(value) ? value : undefined;
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

function isRecord(value: unknown): value is StoreRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version, size, sha256, archive } = value as Partial<Record<keyof StoreRecord, unknown>>;
  return (
    [name, version, sha256].every((text) => typeof text === 'string') &&
    typeof size === 'number' &&
    typeof archive === 'string' &&
    /^model-store\/[^/\\]+$/.test(archive)
  );
}
