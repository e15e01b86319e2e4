/** Tells by a file's bytes whether it is of one format. */
export type Signature = (bytes: Uint8Array) => boolean;

export function at(offset: number, ...expected: readonly number[]): Signature {
  return (bytes) => expected.every((byte, index) => bytes[offset + index] === byte);
}

export function text(offset: number, expected: string): Signature {
  return at(offset, ...Buffer.from(expected, 'latin1'));
}

/** For formats that say at the end what they are. */
export function endsWith(expected: string): Signature {
  return (bytes) => text(bytes.length - expected.length, expected)(bytes);
}

export function either(...tests: readonly Signature[]): Signature {
  return (bytes) => tests.some((test) => test(bytes));
}

export function both(...tests: readonly Signature[]): Signature {
  return (bytes) => tests.every((test) => test(bytes));
}

/** How many first bytes are looked at to tell text from binary. */
const startLength = 1024;

export function decodeStart(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, startLength)).toString('utf8');
}

/** Text holds no control characters but tab, line feed and carriage return. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const isText = (byte: number): boolean => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  return bytes.subarray(0, startLength).every(isText) && !decodeStart(bytes.subarray(0, 16)).includes('\ufffd');
}

/** Text whose beginning matches. */
export function textLike(pattern: RegExp): Signature {
  return (bytes) => looksLikeText(bytes) && pattern.test(decodeStart(bytes));
}
