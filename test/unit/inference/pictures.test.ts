import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeImage, prepareImage, thumbnail } from '../../../src/inference/index.ts';
import type { RgbImage } from '../../../src/inference/index.ts';
import { openImage } from '../../../src/inference/image/openImage.ts';
import { imageFormats } from '../../../src/inference/image/formats/index.ts';
import type { ImageFormat } from '../../../src/inference/image/formats/imageFormat.ts';
import { upright } from '../../../src/inference/image/formats/orientation.ts';
import { readFixture, sha256 } from './fixtures.ts';
import { tiffFile } from './tiffFile.ts';
import type { TiffPage } from './tiffFile.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'pictures');
const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  { size: [number, number]; sha256: string }
>;

let cat: RgbImage;
before(async () => {
  const { width, height, data } = await decodeImage(readFileSync(path.join(folder, 'colour.bmp')));
  cat = { width, height, data };
});

const greys = (): Uint8Array =>
  Uint8Array.from({ length: cat.width * cat.height }, (_, place) => cat.data[place * 3 + 1] as number);
const tripled = (grey: ArrayLike<number>): number[] => Array.from(grey).flatMap((level) => [level, level, level]);

describe('BMP, JPEG 2000 and PPM, byte by byte as Pillow', () => {
  for (const [name, { size, sha256: digest }] of Object.entries(expected)) {
    it(name, async () => {
      const content = readFileSync(path.join(folder, name));
      const picture = await decodeImage(content);
      assert.deepEqual([picture.width, picture.height], size);
      assert.deepEqual(picture.notes, []);
      assert.equal(sha256(picture.data), digest);
      assert.match(await thumbnail(content), /^data:image\/jpeg;base64,/);
      assert.equal(
        (await prepareImage(content, { imageEncoding: 'rgb-jpeg', maxRequestBytes: 1e6 })).mediaType,
        'image/jpeg',
      );
    });
  }

  it('reads PPM as text, with comments, and with 16 bits', async () => {
    const text = await decodeImage(Buffer.from('P3 # made by hand\n2 1\n255\n1 2 3 250 251 252\n'));
    assert.deepEqual([...text.data], [1, 2, 3, 250, 251, 252]);
    const deep = Buffer.concat([Buffer.from('P5\n2 1\n4095\n'), Buffer.of(0, 0, 0x0f, 0xff)]);
    const { data, notes } = await decodeImage(deep);
    assert.deepEqual([...data], [0, 0, 0, 255, 255, 255]);
    assert.match(notes[0] ?? '', /0 to 4095, the window that the file names/);
  });
});

describe('AVIF', () => {
  it('is read', async () => {
    const { width, height, data } = cat;
    const avif = await sharp(data, { raw: { width, height, channels: 3 } })
      .avif({ quality: 90, chromaSubsampling: '4:4:4' })
      .toBuffer();
    assertNear((await decodeImage(avif)).data, cat.data, 30);
  });
});

describe('deep pictures are brought into 8 bits by a rule that the note says', () => {
  it('12 bits in 16: the range that the values fill', async () => {
    const { width, height } = cat;
    const deep = Uint16Array.from(greys(), (level) => level * 16);
    const png = await sharp(deep, { raw: { width, height, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const { data, notes } = await decodeImage(png);
    assertNear(data, tripled(greys()), 1);
    assert.deepEqual(notes, [
      '16-bit values were brought into 8 bits: 0 to 4095, the range that its values fill, became 0 to 255.',
    ]);
    assert.equal((await prepareImage(png, { imageEncoding: 'rgb-jpeg', maxRequestBytes: 1e6 })).note, notes[0]);
  });

  it('values that half fill no usual range: the lowest to the highest', async () => {
    const { data, notes } = await decodeImage(greyTiff({ bits: 16, pixels: Uint16Array.from([100, 200, 300]) }));
    assert.deepEqual([...data], tripled([0, 128, 255]));
    assert.match(notes[0] ?? '', /100 to 300, its lowest and highest value/);
  });

  it('signed: the range that the values fill, else the lowest to the highest', async () => {
    const page = { bits: 16, sampleFormat: 2 };
    const filled = await decodeImage(greyTiff({ ...page, pixels: Int16Array.of(-1000, 0, 528) }));
    assert.deepEqual([...filled.data], tripled([3, 128, 193]));
    assert.match(filled.notes[0] ?? '', /^signed 16-bit values .* -1024 to 1023, the range that its values fill/);
    const narrow = await decodeImage(greyTiff({ ...page, pixels: Int16Array.of(-1000, -900, -800) }));
    assert.deepEqual([...narrow.data], tripled([0, 128, 255]));
    assert.match(narrow.notes[0] ?? '', /-1000 to -800, its lowest and highest value/);
  });

  it('floats of 0 to 1, and what is no number is black', async () => {
    const pixels = Float32Array.of(0, 0.5, 1, Number.NaN, Infinity, 0.25);
    const { data, notes } = await decodeImage(greyTiff({ bits: 32, sampleFormat: 3, pixels }));
    assert.deepEqual([...data], tripled([0, 128, 255, 0, 255, 64]));
    assert.match(notes[0] ?? '', /^32-bit floating point values .* 0 to 1,/);
  });

  it('floats in colour', async () => {
    const { width, height, data: levels } = cat;
    const page: TiffPage = {
      width,
      height,
      channels: 3,
      bits: 32,
      sampleFormat: 3,
      photometric: 2,
      pixels: Float32Array.from(levels, (level) => level / 255),
    };
    assert.deepEqual((await decodeImage(tiffFile(page))).data, levels);
  });

  it("the file's own window before all else", async () => {
    const window = { 340: [1000], 341: [2000] };
    const { data, notes } = await decodeImage(
      greyTiff({ bits: 16, pixels: Uint16Array.of(0, 1500, 4000), shorts: window }),
    );
    assert.deepEqual([...data], tripled([0, 128, 255]));
    assert.match(notes[0] ?? '', /1000 to 2000, the window that the file names/);
  });

  it('one value only', async () => {
    const { data } = await decodeImage(greyTiff({ bits: 16, sampleFormat: 2, pixels: Int16Array.of(-7, -7) }));
    assert.deepEqual([...data], tripled([0, 0]));
  });

  it('white is zero', async () => {
    const pixels = Uint16Array.of(0, 65535);
    assert.deepEqual([...(await decodeImage(greyTiff({ bits: 16, pixels, photometric: 0 }))).data], tripled([255, 0]));
  });

  it('16-bit ink as 8-bit ink', async () => {
    const ink = Uint8Array.from({ length: 64 * 4 }, (_, place) => (place * 37) & 255);
    const page = { width: 8, height: 8, channels: 4, photometric: 5 };
    const plain = await decodeImage(tiffFile({ ...page, bits: 8, pixels: ink }));
    const deep = await decodeImage(
      tiffFile({ ...page, bits: 16, pixels: Uint16Array.from(ink, (value) => value * 257) }),
    );
    assert.deepEqual(deep.data, plain.data);
    assert.match(deep.notes[0] ?? '', /^16-bit values .* the whole range of ink/);
    assert.deepEqual(plain.notes, []);
  });
});

describe('TIFF', () => {
  it('in YCbCr', async () => {
    const { width, height, data } = cat;
    const pixels = Uint8Array.from(data);
    for (let place = 0; place < pixels.length; place += 3) {
      const [red, green, blue] = data.subarray(place, place + 3) as unknown as [number, number, number];
      const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
      pixels.set([luma, 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402].map(Math.round), place);
    }
    const shorts = { 530: [1, 1] };
    const file = tiffFile({ width, height, channels: 3, bits: 8, photometric: 6, pixels, shorts });
    assertNear((await decodeImage(file)).data, data, 3);
  });

  it('in tiles of separate planes', async () => {
    const { width, height, data } = cat;
    const file = tiffFile({ width, height, channels: 3, bits: 8, photometric: 2, pixels: data, planarTile: 16 });
    assert.deepEqual((await decodeImage(file)).data, data);
  });

  it('turned, in a kind that sharp does not read', async () => {
    const pixels = Uint16Array.of(0, 65535);
    const picture = await decodeImage(greyTiff({ bits: 16, pixels, shorts: { 274: [6] } }));
    assert.deepEqual([picture.width, picture.height, ...picture.data], [1, 2, ...tripled([0, 255])]);
  });

  it('of several pages says which was taken, and of how many', async () => {
    const page = (width: number, shorts: TiffPage['shorts'] = {}): TiffPage => {
      const pixels = new Uint8Array(width * 3);
      return { width, height: 1, channels: 3, bits: 8, photometric: 2, pixels, shorts };
    };
    const { width, notes } = await decodeImage(tiffFile(page(2), page(9)));
    assert.deepEqual([width, notes], [2, ['Page 1 of 2 was taken (2 × 1 pixels).']]);
    const pyramid = await decodeImage(tiffFile(page(9), page(4, { 254: [1] }), page(2, { 254: [1] })));
    assert.deepEqual(pyramid.notes, []);
  });

  it('of many channels says that the first was taken', async () => {
    const pixels = Uint16Array.from({ length: 5 * 2 }, (_, place) => (place % 5 === 0 ? 65535 : 9));
    const file = tiffFile({ width: 2, height: 1, channels: 5, bits: 16, photometric: 1, pixels });
    const { data, notes } = await decodeImage(file);
    assert.deepEqual([...data], tripled([255, 255]));
    assert.equal(notes[0], 'Channel 1 of 5 was taken, as grey.');
  });

  it('of a camera is named as its raw photo', async () => {
    const file = greyTiff({ bits: 16, pixels: Uint16Array.of(1, 2), shorts: { 50706: [1, 4, 0, 0] } });
    await assert.rejects(decodeImage(file), { category: 'unsupported', message: /raw photo \(DNG\)/ });
  });
});

/** One row of grey. */
function greyTiff(page: Partial<TiffPage> & Pick<TiffPage, 'bits' | 'pixels'>): Buffer {
  return tiffFile({ width: page.pixels.length, height: 1, channels: 1, photometric: 1, ...page });
}

describe('orientation', () => {
  it('is applied from EXIF, from XMP and from the profiles of ImageMagick, each of the eight alike', async () => {
    const { width, height, data } = cat;
    const raw = { raw: { width, height, channels: 3 } } as const;
    for (let orientation = 1; orientation <= 8; orientation++) {
      const tiff = await sharp(data, raw).withMetadata({ orientation }).tiff({ compression: 'none' }).toBuffer();
      const reference = await decodeImage(tiff);
      const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${orientation}"/></rdf:RDF></x:xmpmeta>`;
      const byXmp = await decodeImage(await sharp(data, raw).withXmp(xmp).png().toBuffer());
      const exif = Buffer.from(
        `Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0${String.fromCharCode(orientation)}\0\0\0\0\0\0\0`,
        'latin1',
      );
      const profile = `Raw profile type exif\0\nexif\n${String(exif.length).padStart(8)}\n${exif.toString('hex')}\n`;
      const byMagick = await decodeImage(withTextChunk(await sharp(data, raw).png().toBuffer(), profile));
      for (const picture of [byXmp, byMagick, upright(cat, orientation)]) {
        assert.deepEqual([picture.width, picture.height], [reference.width, reference.height], String(orientation));
        assert.equal(sha256(picture.data), sha256(reference.data), String(orientation));
      }
    }
  });
});

function withTextChunk(png: Buffer, text: string): Buffer {
  const chunk = Buffer.alloc(12 + text.length);
  chunk.writeUInt32BE(text.length, 0);
  chunk.write(`tEXt${text}`, 4, 'latin1');
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + text.length)), 8 + text.length);
  // After the header, which is always of the same length.
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

function crc32(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('a new format', () => {
  it('is one object beside the others', async () => {
    const dot: ImageFormat = {
      name: 'DOT',
      matches: (bytes) => bytes[0] === 0x2e,
      open: (bytes) => {
        const decode = (): Promise<RgbImage & { notes: string[] }> =>
          Promise.resolve({ width: 1, height: 1, data: bytes.subarray(1, 4), notes: [] });
        return Promise.resolve({ width: 1, height: 1, decode });
      },
    };
    const image = await openImage(Buffer.of(0x2e, 1, 2, 3), [...imageFormats, dot]);
    assert.deepEqual([image.format.name, ...(await image.decode()).data], ['DOT', 1, 2, 3]);
    await assert.rejects(decodeImage(readFixture('rgb.png').subarray(1)), { category: 'invalid-input' });
  });
});

function assertNear(actual: ArrayLike<number>, wanted: ArrayLike<number>, most: number): void {
  assert.equal(actual.length, wanted.length);
  let furthest = 0;
  for (let place = 0; place < wanted.length; place++) {
    furthest = Math.max(furthest, Math.abs((actual[place] as number) - (wanted[place] as number)));
  }
  assert.ok(furthest <= most, `furthest ${furthest}`);
}
