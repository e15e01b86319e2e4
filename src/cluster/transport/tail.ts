/** The last bytes of a stream. */
export interface Tail {
  add(part: Buffer): void;
  text(): string;
}

export function openTail(maxBytes: number): Tail {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    add(part) {
      parts.push(part);
      size += part.length;
      // Cut now and then, not at each part.
      if (size > 2 * maxBytes) {
        parts = [Buffer.concat(parts, size).subarray(-maxBytes)];
        size = maxBytes;
      }
    },
    text: () => Buffer.concat(parts, size).subarray(-maxBytes).toString('utf8'),
  };
}
