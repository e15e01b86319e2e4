import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import type { Task } from '../../foundation/task.ts';
import type { ModelArchive } from '../../packaging/kinds/torchserve/modelArchive.ts';

/** Bytes read at once; large, because weights are. */
const chunkSize = 1 << 20;

/**
 * @returns the package's config.properties
 * @throws ModelDeckError when either is not there, or the archive is no longer as long as when it was packaged
 */
export async function checkArchive(archive: ModelArchive): Promise<Buffer> {
  const { size } = await stat(archive.path).catch((error: unknown) => {
    throw fileError(error, 'read the archive', archive.path);
  });
  if (size !== archive.size) throw archiveChanged(archive);
  return readFile(archive.configProperties).catch((error: unknown) => {
    throw fileError(error, 'read the configuration', archive.configProperties);
  });
}

/**
 * The archive's bytes from a place on, exactly as many as it should have.
 * The stream fails with a ModelDeckError when the file ends early: whoever receives would wait for the rest for ever.
 */
export function readArchiveFrom(archive: ModelArchive, start: number): Readable {
  return Readable.from(archiveChunks(archive, start), { objectMode: false, highWaterMark: chunkSize });
}

async function* archiveChunks(archive: ModelArchive, start: number): AsyncGenerator<Buffer> {
  let at = start;
  if (at >= archive.size) return;
  try {
    const options = { start, end: archive.size - 1, highWaterMark: chunkSize };
    for await (const chunk of createReadStream(archive.path, options) as AsyncIterable<Buffer>) {
      at += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw fileError(error, 'read the archive', archive.path);
  }
  if (at < archive.size) throw archiveChanged(archive);
}

/** sha256 of the file's first bytes, in hexadecimal; of all of it when no number is given. */
export async function hashFile(file: string, bytes: number | undefined, task: Task): Promise<string> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash.digest('hex');
  const range = bytes === undefined ? {} : { end: bytes - 1 };
  try {
    await pipeline(
      createReadStream(file, { ...range, highWaterMark: chunkSize }),
      hash,
      task.signal ? { signal: task.signal } : {},
    );
  } catch (error) {
    if (task.signal?.aborted) throw ModelDeckError.cancelled();
    throw fileError(error, 'read the archive', file);
  }
  return hash.digest('hex');
}

export function archiveChanged(archive: ModelArchive): ModelDeckError {
  return new ModelDeckError('conflict', `${archive.path} has changed since it was packaged.`, {
    remedy: 'Package it again, and deploy when nothing writes to it any more.',
    location: { path: archive.path },
    nextStep: { kind: 'retry' },
  });
}
