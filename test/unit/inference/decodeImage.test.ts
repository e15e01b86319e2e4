import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeImage, thumbnail } from '../../../src/inference/index.ts';
import { expected, readFixture, sha256 } from './fixtures.ts';

describe('decode, byte by byte as Pillow', () => {
  for (const [name, { width, height, sha256: digest }] of Object.entries(expected.decodes)) {
    it(name, async () => {
      const image = await decodeImage(readFixture(name));
      assert.deepEqual([image.width, image.height, image.data.length], [width, height, width * height * 3]);
      assert.equal(sha256(image.data), digest);
    });
  }

  it('keeps the upper eight bits of 16-bit colour', async () => {
    const samples = Uint16Array.from({ length: 4 * 2 * 3 }, (_, index) => index * 2700);
    const png = await sharp(samples, { raw: { width: 4, height: 2, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    assert.equal((await sharp(png).metadata()).depth, 'ushort');
    const { data } = await decodeImage(png);
    assert.deepEqual(
      [...data],
      [...samples].map((sample) => sample >> 8),
    );
  });

  it('stops when cancelled', async () => {
    const task = { signal: AbortSignal.abort() };
    await assert.rejects(decodeImage(readFixture('rgb.png'), task), { category: 'cancelled' });
  });
});

const jpeg = readFixture('rgb-420.jpg');
const png = readFixture('rgb.png');
const bytes = (...values: (number | string)[]): Buffer =>
  Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.of(value))));
const binary = '\0\x01\x02\x03'.repeat(64);

/** A PNG whose header says other things than its data hold. */
function pngOf(width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}

function crc32(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** The JPEG with a change in its frame header. */
function sofOf(change: (frame: Buffer) => void): Buffer {
  const changed = Buffer.from(jpeg);
  change(changed.subarray(changed.indexOf(Buffer.of(0xff, 0xc0))));
  return changed;
}

const broken: [string, Uint8Array, string, RegExp][] = [
  ['an empty file', bytes(), 'invalid-input', /empty \(0 bytes\)/],
  ['one byte', bytes(0xff), 'invalid-input', /not an image: it begins with ff\./],
  ['zeros', Buffer.alloc(4096), 'invalid-input', /not an image: it begins with 00 00 00 00/],
  [
    'plain text',
    bytes('Just a note to self\nand more'),
    'invalid-input',
    /it is text, beginning with "Just a note to self/,
  ],
  ['text that begins as a bitmap does', bytes('BMW drives by'), 'invalid-input', /it is text/],
  ['JSON', bytes('{"instances":[]}'), 'invalid-input', /it is text, beginning with "\{"instances"/],
  ['Python', bytes('import torch\n'), 'invalid-input', /it is text/],
  ['SVG', bytes('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported', /an SVG drawing/],
  ['SVG without a prologue', bytes('<svg width="9" height="9"><rect/></svg>'), 'unsupported', /an SVG drawing/],
  ['an HTML page', bytes('<!doctype html><title>Log in</title>'), 'unsupported', /an HTML page/],
  ['PDF', bytes('%PDF-1.7\n', binary), 'unsupported', /a PDF document/],
  ['a bitmap of nothing', bytes('BM', binary), 'invalid-input', /This BMP image has 50462976 × 50462976 pixels/],
  ['an icon', bytes(0, 0, 1, 0, binary), 'unsupported', /ICO/],
  ['HEIC', bytes(0, 0, 0, 0x18, 'ftypheic', binary), 'unsupported', /a HEIC image/],
  ['AVIF of nothing', bytes(0, 0, 0, 0x18, 'ftypavif', binary), 'invalid-input', /This AVIF image cannot be decoded/],
  ['a video', bytes(0, 0, 0, 0x18, 'ftypisom', binary), 'unsupported', /a video/],
  ['JPEG 2000 of nothing', bytes(0, 0, 0, 0x0c, 'jP  \r\n', binary), 'invalid-input', /it holds no codestream/],
  ['PPM of nothing', bytes('P6\n9 9\n255\n', 1, 2, 3), 'invalid-input', /it ends before its last pixel/],
  ['PPM without a size', bytes('P6\n', binary), 'invalid-input', /does not say its size/],
  ['PAM', bytes('P7\nWIDTH 1\n'), 'unsupported', /a PAM image/],
  ['a raw photo', bytes('II*\0', 16, 0, 0, 0, 'CR', binary), 'unsupported', /raw photo \(Canon CR2\)/],
  ['a raw photo of today', bytes(0, 0, 0, 0x18, 'ftypcrx ', binary), 'unsupported', /raw photo \(Canon CR3\)/],
  ['DICOM without a preamble', bytes(2, 0, 0, 0, 'UL', 4, 0, binary), 'unsupported', /a DICOM image/],
  ['NIfTI', bytes('\x5c\x01\0\0', '\0'.repeat(340), 'n+1\0'), 'unsupported', /a NIfTI volume/],
  ['a numpy array', bytes(0x93, 'NUMPY', 1, 0), 'unsupported', /a numpy array/],
  ['a git-lfs pointer', bytes('version https://git-lfs.github.com/spec/v1\n'), 'unsupported', /git-lfs pointer/],
  ['12-bit JPEG', sofOf((frame) => (frame[4] = 12)), 'unsupported', /This is a 12-bit JPEG image, which is not read/],
  ['lossless JPEG', sofOf((frame) => (frame[1] = 0xc3)), 'unsupported', /a lossless JPEG image/],
  ['JPEG-LS', sofOf((frame) => (frame[1] = 0xf7)), 'unsupported', /a JPEG-LS image/],
  ['JPEG XL', bytes(0xff, 0x0a, binary), 'unsupported', /a JPEG XL image/],
  ['Photoshop', bytes('8BPS', binary), 'unsupported', /a Photoshop document/],
  ['DICOM', bytes('\0'.repeat(128), 'DICM', binary), 'unsupported', /a DICOM image/],
  ['a zip, such as PyTorch weights', bytes('PK\x03\x04', binary), 'unsupported', /a zip archive/],
  ['a gzip', bytes(0x1f, 0x8b, 8, binary), 'unsupported', /a gzip archive/],
  ['a JPEG that ends after its signature', jpeg.subarray(0, 3), 'invalid-input', /This JPEG image cannot be decoded/],
  ['a JPEG without pixels', jpeg.subarray(0, 300), 'invalid-input', /This JPEG image cannot be decoded/],
  ['half a JPEG', jpeg.subarray(0, jpeg.length >> 1), 'invalid-input', /This JPEG image cannot be decoded/],
  ['half a PNG', png.subarray(0, png.length >> 1), 'invalid-input', /This PNG image cannot be decoded/],
  [
    'a PNG with a wrong checksum',
    Buffer.from(png).fill(0x55, 60, 90),
    'invalid-input',
    /This PNG image cannot be decoded/,
  ],
  ['half a GIF', readFixture('palette.gif').subarray(0, 400), 'invalid-input', /This GIF image cannot be decoded/],
  ['half a WebP', readFixture('lossless.webp').subarray(0, 2000), 'invalid-input', /This WebP image cannot be decoded/],
  ['half a TIFF', readFixture('lzw.tif').subarray(0, 3000), 'invalid-input', /This TIFF image cannot be decoded/],
  ['a TIFF of eight bytes', bytes('II*\0', 8, 0, 0, 0), 'invalid-input', /This TIFF image cannot be decoded/],
  [
    'a RIFF that only claims WebP',
    bytes('RIFF', 255, 255, 255, 127, 'WEBP', binary),
    'invalid-input',
    /This WebP image/,
  ],
  ['a PNG of no width', pngOf(0, 5), 'invalid-input', /This PNG image cannot be decoded/],
  [
    'a PNG that claims 110 megapixels',
    pngOf(11_000, 10_000),
    'invalid-input',
    /11000 × 10000 pixels: 110 megapixels, and at most 100/,
  ],
  ['a PNG that claims four terapixels', pngOf(2_000_000, 2_000_000), 'invalid-input', /This PNG image/],
];

describe('images that cannot be used', () => {
  for (const [name, content, category, message] of broken) {
    it(name, async () => {
      await assert.rejects(decodeImage(content), (error: Error & { category: string; remedy?: string }) => {
        assert.match(error.message, message);
        assert.equal(error.category, category);
        assert.ok(error.remedy, 'an error tells what to do');
        assert.ok(error.message.length < 300 && !/[\0-\x08]/.test(error.message), error.message);
        return true;
      });
      if (category === 'unsupported') {
        await assert.rejects(decodeImage(content), (error: Error & { remedy?: string }) => {
          return !/damaged|cut off/.test(`${error.message} ${error.remedy}`);
        });
      }
      await assert.rejects(thumbnail(content), { category });
    });
  }
});

describe('thumbnail', () => {
  it('is upright and fits the size', async () => {
    const url = await thumbnail(readFixture('orientation-6.jpg'), 20);
    const { format, width, height } = await sharp(fromDataUrl(url, 'image/jpeg')).metadata();
    assert.deepEqual([format, width, height], ['jpeg', 15, 20]);
  });

  it('keeps transparency', async () => {
    const { hasAlpha } = await sharp(fromDataUrl(await thumbnail(readFixture('rgba.png')), 'image/png')).metadata();
    assert.equal(hasAlpha, true);
  });

  it('brings CMYK to the screen', async () => {
    const { space } = await sharp(fromDataUrl(await thumbnail(readFixture('cmyk.jpg')), 'image/jpeg')).metadata();
    assert.equal(space, 'srgb');
  });
});

function fromDataUrl(url: string, type: string): Buffer {
  const prefix = `data:${type};base64,`;
  assert.ok(url.startsWith(prefix), url.slice(0, 40));
  return Buffer.from(url.slice(prefix.length), 'base64');
}
