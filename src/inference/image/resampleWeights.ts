import type { Interpolation } from '../../contract/modelContract.ts';

/** The interpolations that average; nearest only picks. */
export type Filter = Exclude<Interpolation, 'nearest'>;

/** Bits behind the point of a weight: 8-bit samples times weights, summed, fill 32 bits with two to spare. */
export const precisionBits = 22;

/** For each output sample: which input samples it is made of, and with what weights. */
export interface Weights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` places for each output sample; the first `counts[i]` are used. */
  readonly values: Int32Array;
  readonly stride: number;
  /** Whether a sum can leave 0..255, as it can where weights are negative. */
  readonly overshoots: boolean;
}

interface Kernel {
  /** How far it reaches to each side at the original size, in samples. */
  readonly reach: number;
  readonly at: (distance: number) => number;
}

/** Pillow's kernels (Resample.c), with its order of operations: another order would differ in the last bit. */
const kernels: Readonly<Record<Filter, Kernel>> = {
  bilinear: { reach: 1, at: (distance) => Math.max(1 - Math.abs(distance), 0) },
  bicubic: {
    reach: 2,
    at: (distance) => {
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { reach: 3, at: (distance) => (distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/**
 * Weights of Pillow's antialiased resize along one side, in fixed point.
 * @param first of the output samples, the first that is wanted; `count` of them are computed
 */
export function weightsAlong(
  filter: Filter,
  sizes: { readonly from: number; readonly to: number },
  first: number,
  count: number,
): Weights {
  const kernel = kernels[filter];
  const scale = sizes.from / sizes.to;
  // Enlarging interpolates between neighbours; reducing widens the kernel so that every sample counts.
  const widening = Math.max(scale, 1);
  const reach = kernel.reach * widening;
  const stride = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const values = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  // Pillow multiplies by the reciprocal; dividing instead would differ in the last bit.
  const perSample = 1 / widening;
  for (let index = 0; index < count; index++) {
    const centre = (first + index + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const length = Math.min(Math.trunc(centre + reach + 0.5), sizes.from) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      const weight = kernel.at((tap + start - centre + 0.5) * perSample);
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < length; tap++) {
      const share = sum === 0 ? (exact[tap] as number) : (exact[tap] as number) / sum;
      values[index * stride + tap] = Math.trunc((share < 0 ? -0.5 : 0.5) + share * (1 << precisionBits));
    }
    starts[index] = start;
    counts[index] = length;
  }
  return { starts, counts, values, stride, overshoots: filter !== 'bilinear' };
}

/** Which input sample each output sample is, for nearest; Pillow adds the steps up, and so do we. */
export function picksAlong(
  sizes: { readonly from: number; readonly to: number },
  first: number,
  count: number,
): Int32Array {
  const step = sizes.from / sizes.to;
  const picks = new Int32Array(count);
  let place = step * 0.5;
  for (let index = 0; index < first + count; index++) {
    if (index >= first) picks[index - first] = Math.trunc(place);
    place += step;
  }
  return picks;
}
