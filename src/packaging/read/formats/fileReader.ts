import { open, type FileHandle } from 'node:fs/promises';
import { CutOff } from './byteStream.ts';

/** Bytes read at once: the headers of a graph lie close together. */
const pageSize = 64 * 1024;

/** Bytes that can be read at any place: a file, or what is in memory already. */
export interface ByteSource {
  readonly size: number;
  /** `length` bytes from `offset`. @throws CutOff when the source ends before */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Bytes in memory, for example an entry of an archive. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: buffer.length,
    read(offset, length) {
      if (offset < 0 || offset + length > buffer.length) return Promise.reject(new CutOff());
      return Promise.resolve(buffer.subarray(offset, offset + length));
    },
  };
}

/** Reads a file at any place without holding more of it than a page. */
export class FileReader implements ByteSource {
  private page: Buffer = Buffer.alloc(0);
  private pageStart = 0;

  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** Opens, uses and closes. @throws what the file system says, and what `use` throws */
  static async using<T>(file: string, use: (reader: FileReader) => Promise<T>): Promise<T> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      return await use(new FileReader(handle, size));
    } finally {
      await handle.close();
    }
  }

  /** `length` bytes from `offset`. @throws CutOff when the file ends before */
  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < 0 || offset + length > this.size) throw new CutOff();
    const end = this.pageStart + this.page.length;
    if (offset < this.pageStart || offset + length > end) {
      const wanted = Buffer.alloc(Math.min(Math.max(length, pageSize), this.size - offset));
      let got = 0;
      while (got < wanted.length) {
        const { bytesRead } = await this.handle.read(wanted, got, wanted.length - got, offset + got);
        if (bytesRead === 0) throw new CutOff();
        got += bytesRead;
      }
      this.page = wanted;
      this.pageStart = offset;
    }
    const from = offset - this.pageStart;
    return this.page.subarray(from, from + length);
  }

  /** The first bytes, at most `length`. */
  async head(length: number): Promise<Buffer> {
    return this.read(0, Math.min(length, this.size));
  }
}
