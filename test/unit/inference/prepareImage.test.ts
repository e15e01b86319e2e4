import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeImage, prepareImage } from '../../../src/inference/index.ts';
import type { PreparedImage } from '../../../src/inference/index.ts';
import { noise, readFixture, sha256 } from './fixtures.ts';

const onlyJpeg = { imageEncoding: 'rgb-jpeg', maxRequestBytes: 6_553_500 } as const;
const alsoPng = { ...onlyJpeg, imageEncoding: 'rgb-jpeg-or-png' } as const;

/** What every runtime can rely on. */
async function assertSound(prepared: PreparedImage): Promise<void> {
  const { format, width, height, channels, space, orientation } = await sharp(prepared.bytes).metadata();
  assert.equal(`image/${format}`, prepared.mediaType);
  assert.deepEqual([width, height], [prepared.width, prepared.height]);
  assert.deepEqual([channels, space, orientation ?? 1], [3, 'srgb', 1]);
}

describe('prepareImage', () => {
  for (const name of ['rgb-420.jpg', 'rgb-444.jpg', 'progressive.jpg']) {
    it(`sends ${name} byte by byte`, async () => {
      const original = readFixture(name);
      const { checked, ...prepared } = await prepareImage(original, onlyJpeg);
      await checked;
      assert.deepEqual(prepared, { bytes: original, mediaType: 'image/jpeg', width: 61, height: 47 });
    });
  }

  it('sends an RGB PNG byte by byte where the runtime takes it, as JPEG where not', async () => {
    const original = readFixture('rgb.png');
    assert.equal((await prepareImage(original, alsoPng)).bytes, original);
    assert.equal((await prepareImage(original, onlyJpeg)).mediaType, 'image/jpeg');
  });

  it('sends our own server every JPEG and PNG of 8 bits byte by byte: turned, grey, in ink, with a palette or transparency', async () => {
    const ours = { ...onlyJpeg, imageEncoding: 'original' } as const;
    for (const name of [
      'orientation-6.jpg',
      'grey.jpg',
      'cmyk.jpg',
      'rgba.png',
      'palette.png',
      'one-bit.png',
      'rgb.png',
    ]) {
      const original = readFixture(name);
      const { bytes, checked } = await prepareImage(original, ours);
      await checked;
      assert.equal(bytes, original, name);
    }
    for (const name of ['grey-16-bit.png', 'lossless.webp', 'lzw.tif']) {
      const original = readFixture(name);
      const prepared = await prepareImage(original, ours);
      assert.notEqual(prepared.bytes, original, name);
      const [sent, whole] = await Promise.all([prepared.bytes, original].map((one) => decodeImage(one)));
      assert.equal(sha256(sent?.data ?? original), sha256(whole?.data ?? original), name);
    }
  });

  const others = [
    ...[
      'grey.jpg',
      'cmyk.jpg',
      'orientation-6.jpg',
      'rgba.png',
      'grey-alpha.png',
      'palette.png',
      'palette-transparent.png',
    ],
    ...['one-bit.png', 'grey-16-bit.png', 'lossless.webp', 'alpha.webp', 'animated.gif', 'lzw.tif', 'cmyk.tif'],
  ];
  const notes: Readonly<Record<string, string>> = {
    'grey-16-bit.png':
      '16-bit values were brought into 8 bits: 0 to 65535, the range that its values fill, became 0 to 255.',
    'animated.gif': 'Frame 1 of 2 was taken.',
  };
  for (const name of others) {
    it(`makes an RGB JPEG of ${name}`, async () => {
      const prepared = await prepareImage(readFixture(name), onlyJpeg);
      await assertSound(prepared);
      assert.equal(prepared.mediaType, 'image/jpeg');
      assert.equal((await sharp(prepared.bytes).metadata()).chromaSubsampling, '4:4:4');
      assert.equal(prepared.note, notes[name]);
    });

    it(`loses nothing of ${name} where the runtime takes PNG`, async () => {
      const prepared = await prepareImage(readFixture(name), alsoPng);
      await assertSound(prepared);
      if (name.endsWith('.jpg')) return;
      const [sent, original] = await Promise.all([decodeImage(prepared.bytes), decodeImage(readFixture(name))]);
      assert.deepEqual([sent.width, sent.height], [original.width, original.height]);
      assert.equal(sha256(sent.data), sha256(original.data));
    });
  }

  it('scales down until the request fits, and says so', async () => {
    const { data, ...size } = noise(640, 480, 3);
    const large = await sharp(data, { raw: { ...size, channels: 3 } })
      .png()
      .toBuffer();
    const limit = 60_000;
    for (const imageEncoding of ['rgb-jpeg', 'rgb-jpeg-or-png'] as const) {
      const prepared = await prepareImage(large, { imageEncoding, maxRequestBytes: limit });
      await assertSound(prepared);
      const base64Length = Math.ceil(prepared.bytes.length / 3) * 4;
      assert.ok(base64Length < limit && base64Length > limit / 2, `${base64Length} of ${limit}`);
      assert.match(
        prepared.note ?? '',
        new RegExp(`^Scaled down from 640 × 480 to ${prepared.width} × ${prepared.height}: `),
      );
      assert.ok(Math.abs(prepared.width / prepared.height - 640 / 480) < 0.02);
    }
  });

  it('scales down a JPEG that is taken as it is but does not fit', async () => {
    const { data, ...size } = noise(400, 300, 4);
    const large = await sharp(data, { raw: { ...size, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer();
    const prepared = await prepareImage(large, { ...onlyJpeg, maxRequestBytes: 40_000 });
    await assertSound(prepared);
    assert.ok(prepared.bytes.length < 30_000 && prepared.note !== undefined);
  });

  it('keeps an image of one pixel', async () => {
    const pixel = await sharp(Buffer.of(1, 2, 3), { raw: { width: 1, height: 1, channels: 3 } })
      .gif()
      .toBuffer();
    await assertSound(await prepareImage(pixel, onlyJpeg));
  });

  it('refuses when no image fits', async () => {
    const image = readFixture('rgb.png');
    await assert.rejects(prepareImage(image, { ...onlyJpeg, maxRequestBytes: 600 }), {
      category: 'invalid-input',
      message: /however small/,
    });
    await assert.rejects(prepareImage(image, { ...onlyJpeg, maxRequestBytes: 10 }), {
      category: 'invalid-input',
      message: /leaves no room/,
    });
  });

  it('finds out that a JPEG is cut off which would be sent as it is', async () => {
    const whole = readFixture('rgb-420.jpg');
    const { checked } = await prepareImage(whole.subarray(0, whole.length - 200), onlyJpeg);
    assert.ok(checked);
    await assert.rejects(checked, {
      category: 'invalid-input',
      message: /cannot be decoded/,
    });
  });

  it('stops when cancelled', async () => {
    await assert.rejects(prepareImage(readFixture('rgb.png'), onlyJpeg, { signal: AbortSignal.abort() }), {
      category: 'cancelled',
    });
  });
});
