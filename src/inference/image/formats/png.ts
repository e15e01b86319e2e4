import type { ImageFormat } from './imageFormat.ts';
import { exifOrientation, xmpOrientation } from './orientation.ts';
import { openWithSharp } from './sharpImage.ts';
import { at } from './signatures.ts';
import { inflateSync } from 'node:zlib';

export const png: ImageFormat = {
  name: 'PNG',
  matches: at(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  open: (bytes) => {
    const { frames, orientation } = readChunks(bytes);
    return openWithSharp(bytes, {
      mediaType: 'image/png',
      part: 'Frame',
      ...(frames !== undefined && { parts: frames }),
      ...(orientation !== undefined && { orientation }),
    });
  },
};

interface ChunkFacts {
  /** Frames of an animated PNG. */
  readonly frames?: number;
  /** ImageMagick's way of keeping EXIF and XMP in a PNG, which libvips passes over. */
  readonly orientation?: number;
}

/** Largest profile that is unpacked, in bytes. */
const largestProfile = 1_000_000;

function readChunks(bytes: Uint8Array): ChunkFacts {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frames: number | undefined;
  let orientation: number | undefined;
  let place = 8;
  while (place + 12 <= file.length) {
    const length = file.readUInt32BE(place);
    const type = file.toString('latin1', place + 4, place + 8);
    const data = file.subarray(place + 8, place + 8 + length);
    if (type === 'acTL' && data.length >= 4) frames = data.readUInt32BE(0);
    if (type === 'tEXt' || type === 'zTXt') orientation ??= profileOrientation(type, data);
    if (type === 'orNT' && data.length > 0) orientation ??= data[0];
    place += 12 + length;
  }
  return { ...(frames !== undefined && { frames }), ...(orientation !== undefined && { orientation }) };
}

/** A text chunk "Raw profile type exif" or "xmp": a line of its name, one of its length, then hexadecimal digits. */
function profileOrientation(type: 'tEXt' | 'zTXt', data: Buffer): number | undefined {
  const end = data.indexOf(0);
  const keyword = data.toString('latin1', 0, Math.max(0, end));
  const kind = /^Raw profile type (exif|APP1|xmp)$/i.exec(keyword)?.[1]?.toLowerCase();
  if (kind === undefined) return undefined;
  try {
    const packed = data.subarray(end + (type === 'zTXt' ? 2 : 1));
    const plain = type === 'zTXt' ? inflateSync(packed, { maxOutputLength: largestProfile }) : packed;
    const digits = plain
      .toString('latin1')
      .replace(/^\s*\S+\s+\d+\s+/, '')
      .replace(/\s+/g, '');
    const profile = Buffer.from(digits, 'hex');
    return kind === 'xmp' ? xmpOrientation(profile) : (exifOrientation(profile) ?? xmpOrientation(profile));
  } catch {
    // A profile that cannot be read says nothing; the pixels may be sound.
    return undefined;
  }
}
