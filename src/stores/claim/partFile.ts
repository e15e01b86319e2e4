import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { sourceOf, type ModelPackage } from '../../packaging/modelPackage.ts';
import { formatRecord, recordOf, type StoreRecord } from '../storeRecord.ts';
import { recordFile } from '../versionFolder.ts';

/** Bytes read at once; large, because weights are. */
const chunkSize = 1 << 20;

/** A file on its way into a claim. */
export interface PartFile {
  /**
   * What its name in the part folder begins with. It holds the beginning of its sha256: two windows whose files differ never
   * write to the same one.
   */
  readonly key: string;
  /** Path in the model's folder. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Absolute path on this computer, or the bytes themselves. */
  readonly source: string | Buffer;
}

/** The files of a package in its order, and then the record. */
export function partFiles(made: ModelPackage): { readonly files: readonly PartFile[]; readonly record: StoreRecord } {
  const record = recordOf(made);
  const text = Buffer.from(formatRecord(record));
  const sha256 = createHash('sha256').update(text).digest('hex');
  const all = [
    ...made.files.map((file) => ({ ...file, source: sourceOf(made, file) })),
    { path: recordFile, size: text.length, sha256, source: text },
  ];
  return { record, files: all.map((file, index) => ({ ...file, key: `${index}-${file.sha256.slice(0, 12)}` })) };
}

/** @throws ModelDeckError when a file is not there, or is no longer as long as when it was packaged */
export async function checkSources(files: readonly PartFile[], task: Task): Promise<void> {
  for (const { source, size } of files) {
    throwIfCancelled(task);
    if (typeof source !== 'string') continue;
    const stats = await stat(source).catch((error: unknown) => {
      throw fileError(error, 'read the package', source);
    });
    if (stats.size !== size) throw fileChanged(source);
  }
}

/**
 * A file's bytes from a place on, exactly as many as it should have.
 * The stream fails with a ModelDeckError when the file ends early: whoever receives would wait for the rest for ever.
 */
export function readFrom(file: PartFile, start: number): Readable {
  if (typeof file.source !== 'string') {
    const rest = file.source.subarray(start);
    return Readable.from(rest.length === 0 ? [] : [rest], { objectMode: false });
  }
  return Readable.from(chunksOf(file.source, start, file.size), { objectMode: false, highWaterMark: chunkSize });
}

async function* chunksOf(file: string, start: number, size: number): AsyncGenerator<Buffer> {
  let at = start;
  if (at >= size) return;
  try {
    const options = { start, end: size - 1, highWaterMark: chunkSize };
    for await (const chunk of createReadStream(file, options) as AsyncIterable<Buffer>) {
      at += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw fileError(error, 'read the package', file);
  }
  if (at < size) throw fileChanged(file);
}

/** sha256 of a file's first bytes, in hexadecimal; of all of it when no number is given. */
export async function hashFile({ source }: PartFile, bytes: number | undefined, task: Task): Promise<string> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash.digest('hex');
  if (typeof source !== 'string') return hash.update(source.subarray(0, bytes)).digest('hex');
  const range = bytes === undefined ? {} : { end: bytes - 1 };
  try {
    await pipeline(
      createReadStream(source, { ...range, highWaterMark: chunkSize }),
      hash,
      task.signal ? { signal: task.signal } : {},
    );
  } catch (error) {
    throwIfCancelled(task);
    throw fileError(error, 'read the package', source);
  }
  return hash.digest('hex');
}

export function fileChanged(file: string): ModelDeckError {
  return new ModelDeckError('conflict', `${file} has changed since it was packaged.`, {
    remedy: 'Package it again, and deploy when nothing writes to it any more.',
    location: { path: file },
    nextStep: { kind: 'retry' },
  });
}
