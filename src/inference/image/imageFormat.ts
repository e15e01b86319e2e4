import { ModelDeckError } from '../../foundation/error.ts';

/** The formats that we read, by sharp's names. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff';

const readable = 'Use a JPEG, PNG, WebP, GIF or TIFF image.';

/**
 * What an image is by its first bytes; its name is not asked.
 * @throws ModelDeckError `invalid-input` for what is no image, `unsupported` for a format that we do not read
 */
export function detectImageFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0)
    throw new ModelDeckError('invalid-input', 'The image is empty (0 bytes).', { remedy: readable });
  const format = signatures.find(({ matches }) => matches(bytes));
  if (format?.reads !== undefined) return format.reads;
  if (format !== undefined) {
    throw new ModelDeckError('unsupported', `This is ${format.name}, which is not read here.`, { remedy: readable });
  }
  const start = looksLikeText(bytes)
    ? `it is text, beginning with "${textStart(bytes)}"`
    : `it begins with ${hexStart(bytes)}`;
  throw new ModelDeckError('invalid-input', `This is not an image: ${start}.`, { remedy: readable });
}

interface Signature {
  readonly name: string;
  readonly reads?: ImageFormat;
  readonly matches: (bytes: Uint8Array) => boolean;
}

const signatures: readonly Signature[] = [
  { name: 'a JPEG image', reads: 'jpeg', matches: at(0, 0xff, 0xd8, 0xff) },
  { name: 'a PNG image', reads: 'png', matches: at(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { name: 'a GIF image', reads: 'gif', matches: either(text(0, 'GIF87a'), text(0, 'GIF89a')) },
  { name: 'a WebP image', reads: 'webp', matches: both(text(0, 'RIFF'), text(8, 'WEBP')) },
  { name: 'a TIFF image', reads: 'tiff', matches: either(at(0, 0x49, 0x49, 0x2a, 0), at(0, 0x4d, 0x4d, 0, 0x2a)) },
  { name: 'a BigTIFF image', reads: 'tiff', matches: either(at(0, 0x49, 0x49, 0x2b, 0), at(0, 0x4d, 0x4d, 0, 0x2b)) },
  { name: 'an AVIF image', matches: either(text(4, 'ftypavif'), text(4, 'ftypavis')) },
  { name: 'a HEIC image', matches: both(text(4, 'ftyp'), either(text(8, 'hei'), text(8, 'mif1'), text(8, 'msf1'))) },
  { name: 'a video (MP4 or QuickTime)', matches: text(4, 'ftyp') },
  { name: 'a JPEG XL image', matches: either(at(0, 0xff, 0x0a), text(4, 'JXL ')) },
  { name: 'a JPEG 2000 image', matches: either(text(4, 'jP  '), at(0, 0xff, 0x4f, 0xff, 0x51)) },
  { name: 'a Windows bitmap (BMP)', matches: both(text(0, 'BM'), (bytes) => !looksLikeText(bytes)) },
  { name: 'a Windows icon (ICO)', matches: at(0, 0, 0, 1, 0) },
  { name: 'a Photoshop document', matches: text(0, '8BPS') },
  { name: 'a DICOM image', matches: text(128, 'DICM') },
  { name: 'a PDF document', matches: text(0, '%PDF-') },
  { name: 'a zip archive', matches: at(0, 0x50, 0x4b, 3, 4) },
  { name: 'a gzip archive', matches: at(0, 0x1f, 0x8b) },
  { name: 'an SVG drawing', matches: (bytes) => looksLikeText(bytes) && /<svg[\s>]/i.test(decodeStart(bytes)) },
  {
    name: 'an HTML page',
    matches: (bytes) => looksLikeText(bytes) && /^\s*<(!doctype html|html)/i.test(decodeStart(bytes)),
  },
];

function at(offset: number, ...expected: readonly number[]): (bytes: Uint8Array) => boolean {
  return (bytes) => expected.every((byte, index) => bytes[offset + index] === byte);
}

function text(offset: number, expected: string): (bytes: Uint8Array) => boolean {
  return at(offset, ...Buffer.from(expected, 'latin1'));
}

function either(...tests: readonly ((bytes: Uint8Array) => boolean)[]): (bytes: Uint8Array) => boolean {
  return (bytes) => tests.some((test) => test(bytes));
}

function both(...tests: readonly ((bytes: Uint8Array) => boolean)[]): (bytes: Uint8Array) => boolean {
  return (bytes) => tests.every((test) => test(bytes));
}

/** How many first bytes are looked at to tell text from binary. */
const startLength = 1024;

function decodeStart(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, startLength)).toString('utf8');
}

/** Text holds no control characters but tab, line feed and carriage return. */
function looksLikeText(bytes: Uint8Array): boolean {
  const isText = (byte: number): boolean => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  return bytes.subarray(0, startLength).every(isText) && !decodeStart(bytes.subarray(0, 16)).includes('\ufffd');
}

function textStart(bytes: Uint8Array): string {
  return decodeStart(bytes.subarray(0, 32)).replace(/\s+/g, ' ').replaceAll('\ufffd', '').trim();
}

function hexStart(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
