import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** sha256 of bytes that come in chunks of at most 1 MiB. */
export interface ChunkHash {
  /** @param taken called when the next chunk may come, or with what went wrong */
  update(chunk: Buffer, taken: (error?: Error) => void): void;
  /** Hex digits. */
  digest(): Promise<string>;
  /** To be called in any case; a digest is not to be had afterwards. */
  close(): Promise<void>;
}

/** Starting a thread takes longer than hashing less than this, in bytes. */
const worthAThread = 32 << 20;

/** @param size how many bytes will come, about */
export function sha256OfChunks(size: number): ChunkHash {
  return size < worthAThread ? new DirectSha256() : new BackgroundSha256();
}

class DirectSha256 implements ChunkHash {
  private readonly hash = createHash('sha256');

  update(chunk: Buffer, taken: () => void): void {
    this.hash.update(chunk);
    taken();
  }

  digest(): Promise<string> {
    return Promise.resolve(this.hash.digest('hex'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Bytes of a slot of the shared memory, and how many slots there are: what the hashing may lie behind. */
const slotSize = 1 << 20;
const slotCount = 4;

/** Answers each chunk with an empty text, and the order to finish (no bytes) with the digest. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const hash = require('node:crypto').createHash('sha256');
parentPort.on('message', ({ offset, length }) => {
  if (length === 0) return parentPort.postMessage(hash.digest('hex'));
  hash.update(Buffer.from(workerData, offset, length));
  parentPort.postMessage('');
});`;

/**
 * On a thread of its own: packaging spends most of its time on hashing, and the archive is hashed at the same time. The
 * bytes go through shared memory, since copies in messages would pile up until the garbage collector comes.
 */
class BackgroundSha256 implements ChunkHash {
  private readonly memory = new SharedArrayBuffer(slotSize * slotCount);
  private readonly worker = new Worker(program, { eval: true, workerData: this.memory });
  private readonly finished: Promise<string>;
  private failure: Error | undefined;
  private next = 0;
  private free = slotCount;
  private whenFree: ((error?: Error) => void) | undefined;

  constructor() {
    this.finished = new Promise<string>((resolve, reject) => {
      const fail = (error: Error): void => {
        this.failure = error;
        this.release();
        reject(error);
      };
      this.worker.on('message', (hex: string) => {
        if (hex !== '') return resolve(hex);
        this.free++;
        this.release();
      });
      this.worker.once('error', fail);
      this.worker.once('exit', () => fail(new Error('the thread that hashes has ended')));
    });
    // Whoever asks for the digest hears of it; otherwise the failure that led to closing is the one that counts.
    this.finished.catch(() => undefined);
  }

  update(chunk: Buffer, taken: (error?: Error) => void): void {
    if (this.failure) return taken(this.failure);
    const offset = this.next * slotSize;
    new Uint8Array(this.memory, offset, chunk.length).set(chunk);
    this.worker.postMessage({ offset, length: chunk.length });
    this.next = (this.next + 1) % slotCount;
    this.free--;
    if (this.free > 0) taken();
    else this.whenFree = taken;
  }

  digest(): Promise<string> {
    this.worker.postMessage({ offset: 0, length: 0 });
    return this.finished;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private release(): void {
    const taken = this.whenFree;
    this.whenFree = undefined;
    taken?.(this.failure);
  }
}
