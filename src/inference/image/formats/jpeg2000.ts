import { notRead } from './imageFormat.ts';
import type { ImageFormat } from './imageFormat.ts';
import { toRgb } from './samples.ts';
import { at, either, text } from './signatures.ts';
import type { DecodedImage } from '../rgbImage.ts';

/** JPEG 2000 codestreams, bare or in a JP2 file, read by OpenJPEG. */
export const jpeg2000: ImageFormat = {
  name: 'JPEG 2000',
  matches: either(text(4, 'jP  '), at(0, 0xff, 0x4f, 0xff, 0x51)),
  open: (bytes) => {
    const { width, height, channels } = codestreamSize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    // OpenJPEG's build for JavaScript stops at four.
    if (channels > 3) throw notRead(`a JPEG 2000 image with ${channels} channels`);
    return Promise.resolve({ width, height, decode: () => decode(bytes) });
  },
};

/** Of the SIZ marker, which is the first of every codestream. */
function codestreamSize(file: Buffer): { width: number; height: number; channels: number } {
  const start = file.indexOf(Buffer.of(0xff, 0x4f, 0xff, 0x51));
  if (start === -1 || start + 42 > file.length) throw new Error('it holds no codestream');
  const at32 = (offset: number): number => file.readUInt32BE(start + offset);
  return { width: at32(8) - at32(16), height: at32(12) - at32(20), channels: file.readUInt16BE(start + 40) };
}

async function decode(bytes: Uint8Array): Promise<DecodedImage> {
  const { default: load } = await import('@cornerstonejs/codec-openjpeg/decode');
  const said: string[] = [];
  const codec = await load({ print: () => undefined, printErr: (line) => said.push(line) });
  const decoder = new codec.J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    try {
      decoder.decode();
    } catch {
      // An exception of C++, which is a number here.
      throw new Error(said.at(-1) ?? 'the codec gave it up');
    }
    const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
    const decoded = decoder.getDecodedBuffer();
    if (bitsPerSample > 16) throw notRead(`a JPEG 2000 image of ${bitsPerSample} bits`);
    const count = width * height * componentCount;
    if (count === 0 || decoded.length < count) throw new Error(said.at(-1) ?? 'it ends before its last pixel');
    const copy = Uint8Array.from(decoded);
    const kind = bitsPerSample <= 8 ? (isSigned ? Int8Array : Uint8Array) : isSigned ? Int16Array : Uint16Array;
    return toRgb({
      width,
      height,
      data: new kind(copy.buffer, 0, count),
      channels: componentCount,
      colour: componentCount >= 3 ? [0, 1, 2] : [0],
      depth: `${bitsPerSample}-bit`,
      ...(bitsPerSample < 8 && { window: { low: 0, high: 2 ** bitsPerSample - 1 } }),
    });
  } finally {
    decoder.delete();
  }
}
