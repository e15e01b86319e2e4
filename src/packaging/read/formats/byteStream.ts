/** The bytes ended before what they announced. */
export class CutOff extends Error {
  constructor() {
    super('it ends in the middle');
    this.name = 'CutOff';
  }
}

/** The bytes of a stream in order, a window at a time: a caller makes sure of a few bytes, then takes them at once. */
export class ByteStream {
  private window: Buffer = Buffer.alloc(0);
  private at = 0;
  private taken = 0;
  private readonly chunks: AsyncIterator<Buffer>;

  /** @param source for example a read stream, or an array of buffers in a test */
  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.taken;
  }

  has(count: number): boolean {
    return this.window.length - this.at >= count;
  }

  /** Reads on until `count` bytes are there. Gives false when the stream ends before. */
  async fill(count: number): Promise<boolean> {
    while (!this.has(count)) {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      this.window = this.has(1) ? Buffer.concat([this.window.subarray(this.at), next.value]) : next.value;
      this.at = 0;
    }
    return true;
  }

  /** The next `count` bytes, which are there after {@link fill}. @throws CutOff */
  take(count: number): Buffer {
    if (!this.has(count)) throw new CutOff();
    const bytes = this.window.subarray(this.at, this.at + count);
    this.at += count;
    this.taken += count;
    return bytes;
  }

  /** Passes over `count` bytes without keeping them. @throws CutOff */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      if (!(await this.fill(1))) throw new CutOff();
      left -= this.take(Math.min(left, this.window.length - this.at)).length;
    }
  }

  /** A line without its `\n`. @throws CutOff when there is no `\n`; Error when the line is longer than `longest` bytes */
  async line(longest: number): Promise<string> {
    for (;;) {
      const end = this.window.indexOf(0x0a, this.at);
      if (end >= 0 && end - this.at <= longest)
        return this.take(end - this.at + 1)
          .toString('utf8')
          .slice(0, -1);
      const there = this.window.length - this.at;
      if (end >= 0 || there > longest) throw new Error('it has a line that is too long');
      if (!(await this.fill(there + 1))) throw new CutOff();
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
