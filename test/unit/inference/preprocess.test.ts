import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preprocess } from '../../../src/inference/index.ts';
import { resizeBilinear } from '../../../src/inference/image/resize.ts';
import type { Preprocessing } from '../../../src/packaging/spec/modelSpec.ts';
import { expected, noise, sha256 } from './fixtures.ts';

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
  for (const { seed, from, resize, crop, mean, std, NCHW, NHWC } of expected.tensors) {
    it(`${from.join(' × ')}, resize ${resize}, crop ${crop}, mean ${mean[0]}`, () => {
      const image = noise(...from, seed);
      for (const [layout, digest] of [
        ['NCHW', NCHW],
        ['NHWC', NHWC],
      ] as const) {
        const tensor = preprocess(image, { resize, crop, mean, std, layout });
        assert.equal(tensor.length, 3 * crop * crop);
        assert.equal(sha256(new Uint8Array(tensor.buffer)), digest, layout);
      }
    });
  }

  const usual: Preprocessing = { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' };
  const wrong: [string, Partial<Preprocessing>][] = [
    ['a size of 0', { resize: 0 }],
    ['a broken size', { crop: 2.5 }],
    ['a size beyond memory', { crop: 1e6 }],
    ['a divisor of 0', { std: [1, 0, 1] }],
    ['a mean that is no number', { mean: [Number.NaN, 0, 0] }],
  ];
  for (const [name, change] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(() => preprocess(noise(9, 9, 1), { ...usual, ...change }), {
        category: 'invalid-input',
        message: /^preprocessing\./,
      });
    });
  }
});
