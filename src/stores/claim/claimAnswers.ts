import { ModelDeckError } from '../../foundation/error.ts';
import { parseRecord, type StoreRecord } from '../storeRecord.ts';

/** What {@link beginScript} answers. */
export type BeginAnswer =
  | { readonly kind: 'missing'; readonly tools: string }
  | VersionExists
  | { readonly kind: 'busy'; readonly owner: string; readonly bytes: number }
  | {
      readonly kind: 'partial';
      /** What has come of each file that has begun, by its key. */
      readonly files: ReadonlyMap<string, BegunFile>;
      /** See {@link readFreeBytes}. */
      readonly freeBytes: number | undefined;
    };

export interface BegunFile {
  readonly bytes: number;
  /** The file of the part that has them. */
  readonly file: string;
}

export interface VersionExists {
  readonly kind: 'exists';
  /** Undefined when the folder has no record that we wrote. */
  readonly record: StoreRecord | undefined;
  /** Whether all its files are there. */
  readonly isWhole: boolean;
}

export function readBegin(stdout: string): BeginAnswer {
  const [first = ''] = stdout.split('\n');
  const [word = '', ...values] = first.split(' ');
  switch (word) {
    case 'missing':
      return { kind: 'missing', tools: values.join(', ') };
    case 'exists':
      return readExists(stdout);
    case 'busy':
      return { kind: 'busy', owner: values[0] ?? '-', bytes: Number(values[1] ?? 0) };
    case 'partial':
      return { kind: 'partial', files: readFiles(stdout), freeBytes: readFreeBytes(stdout) };
    default:
      throw unknownAnswer(stdout);
  }
}

/** Lines `<key> <bytes> <file>`, with `-` for a file that has not begun. */
function readFiles(stdout: string): ReadonlyMap<string, BegunFile> {
  const lines = stdout.matchAll(/^(\d+-[0-9a-f]{12}) (\d+) (\S+)$/gm);
  const begun = [...lines].map(([, key = '', bytes, file = '']): [string, BegunFile] => [
    key,
    { bytes: Number(bytes), file },
  ]);
  return new Map(begun.filter(([, { file }]) => file !== '-'));
}

/** What {@link commitScript} answers. */
export function readCommit(stdout: string): VersionExists | 'committed' | 'lost' {
  const answer = stdout.replace(/^(\.\n)+/, '');
  const word = /^\w+/.exec(answer)?.[0];
  if (word === 'exists') return readExists(answer);
  if (word === 'committed' || word === 'lost') return word;
  throw unknownAnswer(stdout);
}

/** What {@link listScript} answers: the records of folders that are where they say. */
export function readList(stdout: string): readonly StoreRecord[] {
  const parts = stdout.split('\0');
  const records: StoreRecord[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const record = parseRecord(parts[index + 1] ?? '');
    // A folder that was renamed by hand would be served under another name than it says.
    if (record && parts[index] === `./${record.name}/${record.version}/model-deck.json`) records.push(record);
  }
  return records;
}

function readExists(stdout: string): VersionExists {
  const end = stdout.indexOf('\n');
  return { kind: 'exists', isWhole: stdout.startsWith('exists whole'), record: parseRecord(stdout.slice(end + 1)) };
}

/**
 * Of the table of `df -P`, whose second line has total, used and free KiB before the percentage. Undefined when the file
 * system does not tell, as some network volumes.
 */
export function readFreeBytes(stdout: string): number | undefined {
  const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%/.exec(stdout) ?? [];
  return total === undefined || Number(total) === 0 ? undefined : Number(free) * 1024;
}

function unknownAnswer(stdout: string): ModelDeckError {
  const words = stdout === '' ? 'nothing' : `"${stdout.slice(0, 100)}"`;
  return new ModelDeckError('server', `The upload pod answered ${words}, which says nothing about the claim.`, {
    remedy: 'Try again; if it stays, use another image for the upload pod.',
    nextStep: { kind: 'retry' },
  });
}
