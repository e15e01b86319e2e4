import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as ort from 'onnxruntime-web';
import sharp from 'sharp';
import { decodeImage } from '../../../src/inference/index.ts';
import type { RgbImage } from '../../../src/inference/index.ts';
import { readSpec } from '../../../src/packaging/index.ts';
import type { Preprocessing } from '../../../src/packaging/spec/modelSpec.ts';
import { tensorOf } from './fixtures.ts';
import { tiffFile } from './tiffFile.ts';
import type { TiffPage } from './tiffFile.ts';

const sample = path.join(import.meta.dirname, '..', '..', '..', 'media', 'samples', 'efficientnet-lite0');

describe('one cat in many clothes stays an Egyptian cat for the sample model', () => {
  let session: ort.InferenceSession;
  let steps: Preprocessing;
  let cat: RgbImage;
  let page: Pick<TiffPage, 'width' | 'height' | 'channels' | 'photometric'>;
  before(async () => {
    const spec = await readSpec(path.join(sample, 'model-deck.yaml'));
    assert.ok(spec.preprocessing);
    steps = spec.preprocessing;
    session = await ort.InferenceSession.create(readFileSync(path.join(sample, spec.weights ?? '')));
    cat = await decodeImage(readFileSync(path.join(sample, 'photos', 'chelsea.jpg')));
    page = { width: cat.width, height: cat.height, channels: 1, photometric: 1 };
  });
  after(() => session.release());

  const greys = (): number[] =>
    Array.from({ length: cat.width * cat.height }, (_, place) => cat.data[place * 3 + 1] as number);
  const raw = (): { raw: { width: number; height: number; channels: 3 } } => ({
    raw: { width: cat.width, height: cat.height, channels: 3 },
  });

  const clothes: [string, () => Buffer | Promise<Buffer>][] = [
    [
      '12 bits in 16, grey',
      () => tiffFile({ ...page, bits: 16, pixels: Uint16Array.from(greys(), (level) => level * 16) }),
    ],
    [
      'Hounsfield units',
      () =>
        tiffFile({ ...page, bits: 16, sampleFormat: 2, pixels: Int16Array.from(greys(), (level) => level * 8 - 1024) }),
    ],
    [
      'floats of 0 to 1',
      () =>
        tiffFile({ ...page, bits: 32, sampleFormat: 3, pixels: Float32Array.from(greys(), (level) => level / 255) }),
    ],
    [
      'floats of 0 to 4095',
      () => tiffFile({ ...page, bits: 32, sampleFormat: 3, pixels: Float32Array.from(greys(), (level) => level * 16) }),
    ],
    [
      'white is zero',
      () =>
        tiffFile({
          ...page,
          photometric: 0,
          bits: 16,
          pixels: Uint16Array.from(greys(), (level) => 65535 - level * 257),
        }),
    ],
    [
      'tiles of planes',
      () => tiffFile({ ...page, channels: 3, photometric: 2, bits: 8, pixels: cat.data, planarTile: 64 }),
    ],
    [
      '16-bit colour',
      () =>
        tiffFile({
          ...page,
          channels: 3,
          photometric: 2,
          bits: 16,
          pixels: Uint16Array.from(cat.data, (level) => level * 257),
        }),
    ],
    [
      '10 bits in 16, colour',
      () =>
        tiffFile({
          ...page,
          channels: 3,
          photometric: 2,
          bits: 16,
          pixels: Uint16Array.from(cat.data, (level) => level * 4),
        }),
    ],
    ['16-bit ink', () => tiffFile({ ...page, channels: 4, photometric: 5, bits: 16, pixels: inkOf(cat.data) })],
    [
      'lying, by EXIF',
      () => sharp(cat.data, raw()).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer(),
    ],
  ];
  for (const [name, dress] of clothes) {
    it(name, async () => {
      const tensor = tensorOf(await decodeImage(await dress()), steps);
      const [input = ''] = session.inputNames;
      const [output = ''] = session.outputNames;
      const shape = steps.layout === 'NCHW' ? [1, 3, steps.crop, steps.crop] : [1, steps.crop, steps.crop, 3];
      const answer = await session.run({ [input]: new ort.Tensor('float32', tensor, shape) });
      const scores = answer[output]?.data as Float32Array;
      const names = JSON.parse(readFileSync(path.join(sample, 'index_to_name.json'), 'utf8')) as Record<
        string,
        string[]
      >;
      const best = scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
      assert.match(String(names[best]), /Egyptian cat/i);
    });
  }
});

/** Without black: the opposite of light. */
function inkOf(rgb: Uint8Array): Uint16Array {
  const ink = new Uint16Array((rgb.length / 3) * 4);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      ink[pixel * 4 + channel] = (255 - (rgb[pixel * 3 + channel] as number)) * 257;
  }
  return ink;
}
