import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { preprocess } from '../../../src/inference/index.ts';
import { fromPreprocessing } from '../../../src/contract/fromPreprocessing.ts';
import type { ImageInput } from '../../../src/contract/modelContract.ts';
import { resize } from '../../../src/inference/image/resize.ts';
import type { Raster, Region } from '../../../src/inference/image/raster.ts';
import type { RgbImage } from '../../../src/inference/index.ts';
import { float16Bits } from '../../../src/foundation/float16.ts';
import { ourTensor, preprocessingCases } from './preprocessingCases.ts';
import { expected, noise, sha256, tensorOf } from './fixtures.ts';

function resizeBilinear(image: RgbImage, width: number, height: number, region?: Region): Raster {
  return resize({ ...image, channels: 3 }, { width, height, interpolation: 'bilinear' }, region);
}

describe('resize, byte by byte as Pillow', () => {
  for (const { seed, from, to, sha256: digest } of expected.resizes) {
    it(`${from.join(' × ')} to ${to.join(' × ')}`, () => {
      const resized = resizeBilinear(noise(...from, seed), ...to);
      assert.deepEqual([resized.width, resized.height, resized.data.length], [...to, to[0] * to[1] * 3]);
      assert.equal(sha256(resized.data), digest);
    });
  }

  it('computes a region with the bytes that the whole has there', () => {
    const image = noise(90, 70, 5);
    const whole = resizeBilinear(image, 41, 32);
    const region = { left: 9, top: 3, width: 24, height: 20 };
    const part = resizeBilinear(image, 41, 32, region);
    for (let row = 0; row < region.height; row++) {
      const start = ((row + region.top) * 41 + region.left) * 3;
      const rowBytes = region.width * 3;
      assert.deepEqual(
        part.data.subarray(row * rowBytes, (row + 1) * rowBytes),
        whole.data.subarray(start, start + rowBytes),
      );
    }
  });

  it('keeps white white, however many samples are averaged', () => {
    const white = { width: 30_000, height: 1, data: new Uint8Array(90_000).fill(255) };
    assert.deepEqual([...resizeBilinear(white, 1, 1).data], [255, 255, 255]);
  });
});

describe('preprocess, float by float as torchvision', () => {
  for (const { seed, from, resize: length, crop, mean, std, NCHW, NHWC } of expected.tensors) {
    it(`${from.join(' × ')}, resize ${length}, crop ${crop}, mean ${mean[0]}`, () => {
      const image = noise(...from, seed);
      for (const [layout, digest] of [
        ['NCHW', NCHW],
        ['NHWC', NHWC],
      ] as const) {
        const tensor = tensorOf(image, { resize: length, crop, mean, std, layout });
        assert.equal(tensor.length, 3 * crop * crop);
        assert.equal(sha256(new Uint8Array(tensor.buffer)), digest, layout);
      }
    });
  }

  const usual: ImageInput & { type: 'float32' } = {
    ...fromPreprocessing({ resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' }).input,
    type: 'float32',
  };
  const wrong: [string, Partial<Omit<ImageInput, 'type'>>][] = [
    ['a length of 0', { resize: { method: 'shorter-side', length: 0 } }],
    ['a side of 0', { resize: { method: 'exact', width: 8, height: 0 } }],
    ['a broken size', { width: 2.5 }],
    ['a size beyond memory', { height: 1e6 }],
    ['a fill that is no level', { resize: { method: 'letterbox', fill: 256 } }],
    ['a divisor of 0', { std: [1, 0, 1] }],
    ['a mean that is no number', { mean: [Number.NaN, 0, 0] }],
    ['two means for three channels', { mean: [0, 0] }],
    ['three means for grey', { colour: 'grey', std: [1] }],
  ];
  for (const [name, change] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(() => preprocess(noise(9, 9, 1), { ...usual, ...change }), {
        category: 'invalid-input',
        message: /^input\./,
      });
    });
  }
});

describe('preprocess over the whole contract', () => {
  it('makes the bits that Pillow and numpy made, of 640 random pictures and contracts', () => {
    // Written by test/parity/preprocessing.test.ts: the first 16 digits of each sum.
    const golden = JSON.parse(
      readFileSync(path.join(import.meta.dirname, '..', '..', 'fixtures', 'preprocessing-golden.json'), 'utf8'),
    ) as string[];
    const cases = preprocessingCases();
    assert.equal(golden.length, cases.length);
    const differing = cases.filter((one, index) => !ourTensor(one).sha256.startsWith(golden[index] as string));
    assert.deepEqual(differing, []);
  });

  it('rounds to 16-bit floats as numpy does, also below the smallest normal number', () => {
    const rounded: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [-Infinity, 0xfc00],
      [Number.NaN, 0x7e00],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [2 ** -25, 0],
      [2 ** -25 * 1.0001, 0x0001],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 ** -14 - 2 ** -26, 0x0400],
    ];
    for (const [value, bits] of rounded) assert.equal(float16Bits(value), bits, String(value));
  });
});
