import type { ClassOutput, ImageInput, ModelContract } from '../../../src/contract/modelContract.ts';

/** A contract for tests: pictures of 8 × 8 pixels, as they are from 0 to 1, unless `input` says otherwise; the output of unknown meaning. */
export function contractOf(output: Partial<ClassOutput>, input: Partial<ImageInput> = {}): ModelContract {
  const { width = 8, height = 8 } = input;
  return {
    input: {
      colour: 'rgb',
      resize: { method: 'exact', width, height },
      interpolation: 'bilinear',
      width,
      height,
      range: '0..1',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      layout: 'NCHW',
      type: 'float32',
      batch: 'free',
      ...input,
    },
    output: { meaning: 'unknown', activation: 'none', ...output },
    origins: {},
  };
}
