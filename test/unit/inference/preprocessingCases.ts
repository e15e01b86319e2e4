import type { ImageInput } from '../../../src/contract/modelContract.ts';
import { preprocess } from '../../../src/inference/index.ts';
import { noise, sha256 } from './fixtures.ts';

/** One point of the contract's space, and the picture that is brought there. */
export interface PreprocessingCase {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly input: ImageInput;
}

/** Pictures times contracts that are compared with Pillow and numpy. */
const count = 640;

/** Random points of the whole contract space: the same at every call. */
export function preprocessingCases(): PreprocessingCase[] {
  const random = new Random(20_261_128);
  return Array.from({ length: count }, (_, index) => randomCase(random, index + 1));
}

function randomCase(random: Random, seed: number): PreprocessingCase {
  const colour = random.of('rgb', 'bgr', 'grey');
  const values = (few: () => number): number[] => Array.from({ length: colour === 'grey' ? 1 : 3 }, few);
  const type = random.of('float32', 'float16', 'uint8');
  const isPlain = type === 'uint8' && random.of(true, true, false);
  const input: ImageInput = {
    colour,
    resize: randomResize(random),
    interpolation: random.of('nearest', 'bilinear', 'bicubic', 'lanczos'),
    width: random.whole(1, 33),
    height: random.whole(1, 33),
    range: isPlain ? '0..255' : random.of('0..1', '0..255', '-1..1'),
    mean: values(() => (isPlain ? 0 : random.of(0, 0.5, 0.485, 0.406, 103.939, -0.25))),
    std: values(() => (isPlain ? 1 : random.of(1, 0.5, 0.229, 0.225, 57.375, 0.017))),
    layout: random.of('NCHW', 'NHWC'),
    type,
    batch: random.of('free', 1),
  };
  // Long and narrow ones, single pixels and sizes that need no resize are among them.
  const sizes = [random.whole(1, 70), random.whole(1, 70), random.of(1, 2, 3, input.width, input.height)];
  return { width: random.of(...sizes), height: random.of(...sizes), seed, input };
}

function randomResize(random: Random): ImageInput['resize'] {
  switch (random.of('shorter-side', 'exact', 'letterbox', 'none')) {
    case 'shorter-side':
      return { method: 'shorter-side', length: random.whole(1, 40) };
    case 'exact':
      return { method: 'exact', width: random.whole(1, 40), height: random.whole(1, 40) };
    case 'letterbox':
      return { method: 'letterbox', fill: random.of(0, 114, 255) };
    case 'none':
      return { method: 'none' };
  }
}

/** sha256 of the tensor's bytes, little-endian, and how many numbers it has. */
export function ourTensor({ width, height, seed, input }: PreprocessingCase): { sha256: string; length: number } {
  const tensor = preprocess(noise(width, height, seed), input);
  return { sha256: sha256(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength)), length: tensor.length };
}

class Random {
  constructor(private state: number) {}

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  of<const Choices extends readonly unknown[]>(...choices: Choices): Choices[number] {
    return choices[Math.floor(this.next() * choices.length)];
  }
}
