import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fromPreprocessing } from '../../../src/contract/fromPreprocessing.ts';
import { preprocess } from '../../../src/inference/index.ts';
import type { RgbImage } from '../../../src/inference/index.ts';
import type { Preprocessing } from '../../../src/packaging/spec/modelSpec.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'images');

type Triple = [number, number, number];

/** What Pillow and torchvision made of the same pixels; written by scripts/make-fixtures/resize.py. */
export interface ExpectedImages {
  readonly resizes: readonly { seed: number; from: [number, number]; to: [number, number]; sha256: string }[];
  readonly tensors: readonly {
    seed: number;
    from: [number, number];
    resize: number;
    crop: number;
    mean: Triple;
    std: Triple;
    NCHW: string;
    NHWC: string;
  }[];
  readonly decodes: Readonly<Record<string, { width: number; height: number; sha256: string }>>;
}

export const expected = JSON.parse(readFixture('expected.json').toString('utf8')) as ExpectedImages;

export function readFixture(name: string): Buffer {
  return readFileSync(path.join(folder, name));
}

export function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The noise of the Python script: a linear congruential generator modulo 2^31. */
export function noise(width: number, height: number, seed: number): RgbImage {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 16) & 0xff;
  });
  return { width, height, data };
}

/** The tensor that an older `preprocessing:` block asks for. */
export function tensorOf(image: RgbImage, steps: Preprocessing): Float32Array {
  return preprocess(image, { ...fromPreprocessing(steps).input, type: 'float32' });
}
