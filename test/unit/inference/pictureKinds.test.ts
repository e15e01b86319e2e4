import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodeImage } from '../../../src/inference/index.ts';
import { tiffFile } from './tiffFile.ts';
import type { TiffPage } from './tiffFile.ts';

/** Values of a grey picture, what they become, and the range that the note names. */
interface Depth {
  readonly name: string;
  readonly page: Partial<TiffPage> & Pick<TiffPage, 'pixels'>;
  readonly levels: readonly number[];
  readonly range: RegExp;
}

const [signed, float] = [{ bits: 16, sampleFormat: 2 }, { bits: 32, sampleFormat: 3 }]; // prettier-ignore
const u16 = (...values: number[]) => ({ pixels: Uint16Array.from(values) });
const i16 = (...values: number[]) => ({ ...signed, pixels: Int16Array.from(values) });
const f32 = (...values: number[]) => ({ ...float, pixels: Float32Array.from(values) });

const depths: readonly Depth[] = [
  { name: '8 bits stored in 16', page: u16(0, 128, 255), levels: [0, 128, 255], range: /0 to 255, the range/ },
  { name: '10 bits in 16', page: u16(0, 512, 1023), levels: [0, 128, 255], range: /0 to 1023, the range/ },
  { name: '12 bits in 16', page: u16(0, 2048, 4095), levels: [0, 128, 255], range: /0 to 4095, the range/ },
  { name: '14 bits in 16', page: u16(0, 8192, 16383), levels: [0, 128, 255], range: /0 to 16383, the range/ },
  { name: 'all of 16 bits', page: u16(0, 32768, 65535), levels: [0, 128, 255], range: /0 to 65535, the range/ },
  { name: 'half of 12 bits', page: u16(0, 1024, 2048), levels: [0, 64, 128], range: /0 to 4095, the range/ },
  { name: 'less than half of 12 bits, more than 10', page: u16(0, 512, 1024), levels: [0, 128, 255], range: /0 to 1024, its lowest and highest/ },
  { name: 'a mask of 0 and 1', page: u16(0, 1), levels: [0, 255], range: /0 to 1, the range/ },
  { name: 'an X-ray far from zero', page: u16(30000, 30100, 30200), levels: [0, 128, 255], range: /30000 to 30200, its lowest/ },
  { name: 'one value', page: u16(7000, 7000), levels: [0, 0], range: /7000 to 7001/ },
  { name: 'Hounsfield units', page: i16(-1000, 0, 528), levels: [3, 128, 193], range: /-1024 to 1023, the range/ },
  { name: 'Hounsfield units up to bone', page: i16(-1024, 0, 3071), levels: [0, 64, 255], range: /-1024 to 3071, its lowest/ },
  { name: 'signed without negative values', page: i16(0, 2048, 4095), levels: [0, 128, 255], range: /0 to 4095, the range/ },
  { name: 'all of signed 16 bits', page: i16(-32768, 0, 32767), levels: [0, 128, 255], range: /-32768 to 32767, the range/ },
  { name: 'signed and all negative', page: i16(-300, -200, -100), levels: [0, 128, 255], range: /-300 to -100, its lowest/ },
  { name: 'floats of 0 to 1', page: f32(0, 0.5, 1), levels: [0, 128, 255], range: /0 to 1, the range/ },
  { name: 'floats of -1 to 1', page: f32(-1, 0, 1), levels: [0, 128, 255], range: /-1 to 1, the range/ },
  { name: 'floats of 0 to 255', page: f32(0, 128, 255), levels: [0, 128, 255], range: /0 to 255, the range/ },
  { name: 'floats of any size', page: f32(-1e6, 0, 1e6), levels: [0, 128, 255], range: /-1000000 to 1000000, its lowest/ },
  { name: 'small floats', page: f32(0, 0.001, 0.002), levels: [0, 128, 255], range: /0 to 0.002, its lowest/ },
  { name: 'floats with Infinity', page: f32(0, 1, Infinity, -Infinity), levels: [0, 255, 255, 0], range: /0 to 1, the range/ },
  { name: 'floats with NaN', page: f32(0, 1, Number.NaN), levels: [0, 255, 0], range: /0 to 1, the range/ },
  { name: 'NaN only', page: f32(Number.NaN, Number.NaN), levels: [0, 0], range: /None of .* is a number: the picture is black/ },
  { name: 'the window of the file', page: { ...u16(0, 1500, 4000), shorts: { 280: [1000], 281: [2000] } }, levels: [0, 128, 255], range: /1000 to 2000, the window that the file names/ },
  { name: 'an empty window is none', page: { ...u16(0, 2048, 4095), shorts: { 280: [0], 281: [0] } }, levels: [0, 128, 255], range: /0 to 4095, the range/ },
  { name: 'white is zero', page: { ...u16(0, 32768, 65535), photometric: 0 }, levels: [255, 127, 0], range: /0 to 65535/ },
]; // prettier-ignore

describe('a deep picture in 8 bits', () => {
  for (const { name, page, levels, range } of depths) {
    it(name, async () => {
      const file = tiffFile({ width: page.pixels.length, height: 1, channels: 1, bits: 16, photometric: 1, ...page });
      const { data, notes } = await decodeImage(file);
      assert.deepEqual([...data].filter((_, place) => place % 3 === 0), levels); // prettier-ignore
      assert.match(notes.join(' '), range);
    });
  }
});

const text = (content: string, offset = 0): Buffer => Buffer.concat([Buffer.alloc(offset), Buffer.from(content, 'latin1'), Buffer.alloc(64)]); // prettier-ignore
const squeezed = (compression: number): Buffer =>
  tiffFile({ width: 2, height: 1, channels: 1, bits: 8, photometric: 1, pixels: Uint8Array.of(1, 2), compression });

/** Files that are not read, and how each is named. */
const unread: readonly [string, Buffer][] = [
  ['a DICOM image', text('DICM', 128)],
  ['a NIfTI volume', text('n+1\0', 344)],
  ['an NRRD volume', text('NRRD0004\n')],
  ['a HEIC image', text('ftypheic', 4)],
  ['a JPEG XL image', Buffer.of(0xff, 0x0a, 0, 0)],
  ['a PCX image', Buffer.of(0x0a, 5, 1, 8, 0, 0)],
  ['an SGI image', Buffer.of(0x01, 0xda, 0, 1)],
  ['a Targa image (TGA)', Buffer.concat([Buffer.of(0, 0, 2, 0), Buffer.alloc(40), Buffer.from('TRUEVISION-XFILE.\0')])],
  ['a Sun raster image', Buffer.of(0x59, 0xa6, 0x6a, 0x95)],
  ['a PFM image', Buffer.from('PF\n2 2\n-1.0\n\0\0\0\0', 'latin1')],
  ['a QOI image', text('qoif')],
  ['an XPM image', Buffer.from('/* XPM */\nstatic char *a[] = {')],
  ['an XBM image', Buffer.from('#define cat_width 16\n')],
  ['a picture as base64 text', Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD')],
  ['a picture as base64 text', Buffer.from('data:image/png;base64,iVBORw0KGgo=')],
  ['a 7-Zip archive', Buffer.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)],
  ['a tar archive', text('ustar', 257)],
  ['an Office document', Buffer.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1)],
  ['a Zeiss microscope image (CZI)', text('ZISRAWFILE')],
  ['a Nikon microscope image (ND2)', Buffer.of(0xda, 0xce, 0xbe, 0x0a)],
  ['a MATLAB file', text('MATLAB 5.0 MAT-file')],
  ['an HDF5 file', Buffer.of(0x89, 0x48, 0x44, 0x46, 0x0d)],
  ['a git-lfs pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n')],
  ['a JPEG-LS image', Buffer.of(0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0)],
  ['a lossless JPEG image', Buffer.of(0xff, 0xd8, 0xff, 0xc3, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0)],
  ['a 12-bit JPEG image', Buffer.of(0xff, 0xd8, 0xff, 0xc1, 0, 11, 12, 0, 1, 0, 1, 1, 1, 0x11, 0)],
  ['a TIFF image with Zstandard compression', squeezed(50000)],
  ['a TIFF image with LERC compression', squeezed(34887)],
  ['a TIFF image with JPEG 2000 compression', squeezed(34712)],
  ['a TIFF image with JPEG XL compression', squeezed(50002)],
  ['a JPEG 2000 image with 4 channels', jpeg2000Of(4)],
];

/** The first marker of a codestream. */
function jpeg2000Of(channels: number): Buffer {
  const file = Buffer.alloc(64);
  file.writeUInt32BE(0xff4fff51, 0);
  file.writeUInt32BE(8, 8);
  file.writeUInt32BE(8, 12);
  file.writeUInt16BE(channels, 40);
  return file;
}

describe('a file that is not read is named', () => {
  for (const [name, file] of unread) {
    it(name, async () => {
      await assert.rejects(decodeImage(file), (error: Error & { category: string }) => {
        assert.equal(error.category, 'unsupported');
        assert.ok(error.message.startsWith(`This is ${name}`), error.message);
        assert.match(error.message, /which is not read here/);
        return true;
      });
    });
  }
});

describe('every way in which a picture is stored gives the same pixels', () => {
  const [width, height] = [12, 8];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, place) => (place * 37) % 251);
  const source = (): Sharp => sharp(pixels, { raw: { width, height, channels: 3 } });
  const ways: readonly [string, () => Promise<Buffer>][] = [
    ['PNG', () => source().png().toBuffer()],
    ['PNG, interlaced', () => source().png({ progressive: true }).toBuffer()],
    ['PNG with transparency', () => source().ensureAlpha(0.5).png().toBuffer()],
    ['PNG with 16 bits', () => source().toColourspace('rgb16').png().toBuffer()],
    ['WebP without loss', () => source().webp({ lossless: true }).toBuffer()],
    ['AVIF without loss', () => source().avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['TIFF by LZW', () => source().tiff({ compression: 'lzw' }).toBuffer()],
    ['TIFF by Deflate with differences', () => source().tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()],
    ['TIFF in tiles', () => source().tiff({ compression: 'none', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer()],
    ['TIFF with transparency', () => source().ensureAlpha().tiff({ compression: 'none' }).toBuffer()],
    ['TIFF of 16 bits', () => source().toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer()],
    ['TIFF as BigTIFF', () => source().tiff({ compression: 'none', bigtiff: true }).toBuffer()],
  ]; // prettier-ignore
  for (const [name, make] of ways) {
    it(name, async () => {
      const { width: across, height: down, data } = await decodeImage(await make());
      assert.deepEqual([across, down], [width, height]);
      const differences = data.map((value, place) => Math.abs(value - (pixels[place] as number)));
      // AVIF turns colours into brightness and difference, and back.
      assert.ok(Math.max(...differences) <= (name.startsWith('AVIF') ? 3 : 0), `${Math.max(...differences)}`);
    });
  }
});
