import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';

/**
 * Opens a ZIP for reading entry by entry; the caller closes it.
 *
 * yauzl's own reader hands an offset of a forged ZIP64 directory to `fs.read` as it is. That throws inside a callback for
 * one beyond 2^53, where nobody can catch it, and the process ends. Ours refuses what is not in the file.
 *
 * @throws what the file system says, or an Error of yauzl that says what is wrong with the directory
 */
export async function openZip(file: string): Promise<ZipFile> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const options = { autoClose: false, lazyEntries: true, strictFileNames: false };
    return await fromRandomAccessReaderPromise(new BoundedReader(file, handle, size), size, options);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class BoundedReader extends RandomAccessReader {
  constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly size: number,
  ) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (!this.holds(position, position + length)) {
      setImmediate(callback, new Error('it points beyond its own end'));
      return;
    }
    this.handle
      .read(buffer, offset, length, position)
      .then(
        ({ bytesRead }) => callback(null, bytesRead),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
      // What yauzl throws in its callback reaches its own listener, instead of ending the process.
      .catch((error: unknown) => this.emit('error', error));
  }

  /** @param end the first byte that is not read any more */
  override _readStreamForRange(start: number, end: number): Readable {
    if (!this.holds(start, end)) throw new Error('it points beyond its own end');
    return createReadStream(this.file, { start, end: end - 1, highWaterMark: 1 << 18 });
  }

  override close(callback: (error: Error | null) => void): void {
    this.handle.close().then(
      () => callback(null),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }

  private holds(start: number, end: number): boolean {
    return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= this.size;
  }
}
