import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import { ZipArchive } from 'archiver';

/** Most bytes that one stored block of a DEFLATE stream holds (RFC 1951, 3.2.4). */
const blockSize = 65535;
/** Bytes in front of each block: one of flags, two of length, two of its complement. */
const headerSize = 5;

/**
 * An archiver ZIP whose entries say DEFLATE, as those of torch-model-archiver do, and hold stored blocks: weights are
 * incompressible, so compressing them costs minutes and saves nothing; and the bytes do not depend on a zlib version.
 * TorchServe reads archives as a stream (java.util.zip.ZipInputStream), which refuses STORED entries with a data
 * descriptor, so `store: true` is not an option.
 *
 * archiver has no option for this: level 0 turns into STORED. That is why one protected method of its engine is
 * replaced here; the version is pinned, and the suite against the real TorchServe would tell.
 */
export function deflatedWithoutCompression(): ZipArchive {
  const archive = new ZipArchive({ highWaterMark: 1 << 20 });
  const { engine } = (archive as unknown as { _module: { engine: ZipEngine } })._module;
  engine._smartStream = (entry, callback) => {
    const blocks = new StoredBlocks();
    blocks.once('end', () => {
      entry.setCrc(blocks.crc);
      entry.setSize(blocks.sizeIn);
      entry.setCompressedSize(blocks.sizeOut);
      engine._afterAppend(entry);
      callback(null, entry);
    });
    blocks.once('error', (error) => engine.emit('error', error));
    blocks.pipe(engine, { end: false });
    return blocks;
  };
  return archive;
}

/** What must be known of a file before its bytes follow a STORED header. */
export interface StoredFacts {
  readonly crc: number;
  readonly size: number;
}

/**
 * An archiver ZIP with STORED entries whose CRC and sizes stand in front of the data. archiver itself puts them behind
 * it, which a streaming reader refuses.
 *
 * @param factsOf the facts of an entry by its name
 */
export function storedWithSizes(factsOf: (name: string) => StoredFacts): ZipArchive {
  const archive = new ZipArchive({ store: true, highWaterMark: 1 << 20 });
  const { engine } = (archive as unknown as { _module: { engine: ZipEngine } })._module;
  engine._appendStream = (entry, source, callback) => {
    const { crc, size } = factsOf(entry.getName());
    entry.setCrc(crc);
    entry.setSize(size);
    entry.setCompressedSize(size);
    engine._writeLocalFileHeader(entry);
    source.once('end', () => {
      engine._afterAppend(entry);
      callback(null, entry);
    });
    source.once('error', (error: Error) => callback(error, entry));
    source.pipe(engine, { end: false });
  };
  return archive;
}

interface ZipEngine extends Transform {
  _appendStream: (entry: ZipEntry, source: Readable, callback: (error: Error | null, entry: ZipEntry) => void) => void;
  _writeLocalFileHeader: (entry: ZipEntry) => void;
  _smartStream: (entry: ZipEntry, callback: (error: Error | null, entry: ZipEntry) => void) => Transform;
  _afterAppend: (entry: ZipEntry) => void;
}

interface ZipEntry {
  getName(): string;
  setCrc(crc: number): void;
  setSize(bytes: number): void;
  setCompressedSize(bytes: number): void;
}

/** Frames bytes as a DEFLATE stream of stored blocks, and counts and checks them on the way. */
class StoredBlocks extends Transform {
  crc = 0;
  sizeIn = 0;
  sizeOut = 0;

  constructor() {
    super({ highWaterMark: 1 << 20 });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.crc = crc32(chunk, this.crc);
    this.sizeIn += chunk.length;
    const blocks = Math.ceil(chunk.length / blockSize);
    // One buffer for all blocks: what follows handles each buffer at a cost, the copy costs less.
    const framed = Buffer.allocUnsafe(chunk.length + blocks * headerSize);
    for (let block = 0; block < blocks; block++) {
      const data = chunk.subarray(block * blockSize, (block + 1) * blockSize);
      const start = block * (blockSize + headerSize);
      framed.set(blockHeader(data.length, false), start);
      framed.set(data, start + headerSize);
    }
    this.send(framed);
    callback();
  }

  override _flush(callback: TransformCallback): void {
    // Chunks come without warning of the last one, so the final block is an empty one.
    this.send(blockHeader(0, true));
    callback();
  }

  private send(bytes: Buffer): void {
    this.sizeOut += bytes.length;
    this.push(bytes);
  }
}

function blockHeader(length: number, final: boolean): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt8(final ? 1 : 0, 0);
  header.writeUInt16LE(length, 1);
  header.writeUInt16LE(length ^ 0xffff, 3);
  return header;
}
