import { notRead } from './imageFormat.ts';
import type { ImageFormat } from './imageFormat.ts';
import { toRgb } from './samples.ts';
import type { DecodedImage } from '../rgbImage.ts';

/**
 * PBM, PGM and PPM, as text and as bytes. libvips reads them in its WebAssembly build only, and the one library on npm has not
 * been kept since 2014; the format is a header and numbers.
 */
export const netpbm: ImageFormat = {
  name: 'PPM',
  matches: (bytes) => bytes[0] === 0x50 && /^P[1-7]\s/.test(Buffer.from(bytes.subarray(0, 3)).toString('latin1')),
  open: (bytes) => {
    const header = readHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const { width, height } = header;
    return Promise.resolve({ width, height, decode: () => Promise.resolve(decode(header)) });
  },
};

interface Header {
  /** 1 to 6: bits, grey and colour as text, then as bytes. */
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  readonly most: number;
  /** What follows the header. */
  readonly body: Buffer;
}

function readHeader(file: Buffer): Header {
  const kind = (file[1] as number) - 0x30;
  if (kind === 7) throw notRead('a PAM image');
  const start = file.toString('latin1', 0, 4096);
  // Numbers are separated by white space and by comments from # to the end of the line; one white space ends the header.
  const separator = '(?:\\s|#[^\\n\\r]*[\\n\\r])+';
  const hasMost = kind !== 1 && kind !== 4;
  const pattern = `^P[1-6]${separator}(\\d{1,9})${separator}(\\d{1,9})${hasMost ? `${separator}(\\d{1,5})` : ''}\\s`;
  const found = new RegExp(pattern).exec(start);
  if (!found) throw new Error('its header does not say its size');
  const [whole, width, height, most] = found;
  if (Number(width) === 0 || Number(height) === 0) throw new Error('its header says a size of 0');
  return {
    kind,
    width: Number(width),
    height: Number(height),
    most: Number(most ?? 1),
    body: file.subarray(whole.length),
  };
}

function decode({ kind, width, height, most, body }: Header): DecodedImage {
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const data = numbers(kind, { count: width * height * channels, width, most, body });
  return toRgb({
    width,
    height,
    data,
    channels,
    colour: channels === 3 ? [0, 1, 2] : [0],
    depth: most > 255 ? '16-bit' : '8-bit',
    // The file says its own top; 255 is 8 bits as they are.
    ...(most !== 255 && { window: { low: 0, high: most } }),
    isInverted: kind === 1 || kind === 4,
  });
}

interface Numbers {
  readonly count: number;
  readonly width: number;
  readonly most: number;
  readonly body: Buffer;
}

function numbers(kind: number, { count, width, most, body }: Numbers): Uint8Array | Uint16Array {
  const data = most > 255 ? new Uint16Array(count) : new Uint8Array(count);
  if (kind <= 3) {
    const text = body.toString('latin1').replace(/#.*/g, ' ');
    const found = text.match(kind === 1 ? /[01]/g : /\d+/g) ?? [];
    if (found.length < count) throw new Error(tooShort);
    for (let place = 0; place < count; place++) data[place] = Number(found[place]);
    return data;
  }
  if (kind === 4) {
    const rowBytes = Math.ceil(width / 8);
    if (body.length < rowBytes * (count / width)) throw new Error(tooShort);
    for (let place = 0; place < count; place++) {
      const column = place % width;
      const byte = body[Math.floor(place / width) * rowBytes + (column >> 3)] as number;
      data[place] = (byte >> (7 - (column & 7))) & 1;
    }
    return data;
  }
  const size = most > 255 ? 2 : 1;
  if (body.length < count * size) throw new Error(tooShort);
  if (size === 1) data.set(body.subarray(0, count));
  else for (let place = 0; place < count; place++) data[place] = body.readUInt16BE(place * 2);
  return data;
}

const tooShort = 'it ends before its last pixel';
