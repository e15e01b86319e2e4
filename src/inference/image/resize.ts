import type { RgbImage } from './rgbImage.ts';

/** A rectangle of the resized image, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Antialiased bilinear resize of 8-bit RGB with the result of Pillow's `resize(…, BILINEAR)`, bit by bit: weights of
 * a triangle as wide as the reduction, in fixed point of 22 bits; rows first, rounded to 8 bits, then columns.
 * @param region the part of the resized image that is wanted; only that part is computed, with the same bytes
 */
export function resizeBilinear(image: RgbImage, width: number, height: number, region?: Region): RgbImage {
  const wanted = region ?? { left: 0, top: 0, width, height };
  const columns = weightsAlong(image.width, width, wanted.left, wanted.width);
  const rows = weightsAlong(image.height, height, wanted.top, wanted.height);
  const firstRow = rows.starts[0] ?? 0;
  const lastRow = (rows.starts[wanted.height - 1] ?? 0) + (rows.counts[wanted.height - 1] ?? 0);
  const narrow = resizeRows(image, columns, wanted.width, firstRow, lastRow - firstRow);
  return resizeColumns(narrow, rows, firstRow, wanted.height);
}

/** Bits behind the point: 8-bit samples times weights, summed, fill 32 bits with two to spare. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** For each output sample: which input samples it is made of, and with what weights. */
interface Weights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` places for each output sample; the first `counts[i]` are used. */
  readonly values: Int32Array;
  readonly stride: number;
}

function weightsAlong(inputSize: number, outputSize: number, first: number, count: number): Weights {
  const scale = inputSize / outputSize;
  // Enlarging interpolates between neighbours; reducing widens the triangle so that every sample counts.
  const reach = Math.max(scale, 1);
  const stride = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const values = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  // Pillow multiplies by the reciprocal; dividing instead would differ in the last bit.
  const perSample = 1 / reach;
  for (let index = 0; index < count; index++) {
    const centre = (first + index + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const length = Math.min(Math.trunc(centre + reach + 0.5), inputSize) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      const weight = Math.max(1 - Math.abs((tap + start - centre + 0.5) * perSample), 0);
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < length; tap++) {
      const share = sum === 0 ? 0 : (exact[tap] as number) / sum;
      values[index * stride + tap] = Math.trunc(0.5 + share * (1 << precisionBits));
    }
    starts[index] = start;
    counts[index] = length;
  }
  return { starts, counts, values, stride };
}

function resizeRows(image: RgbImage, weights: Weights, width: number, firstRow: number, rowCount: number): RgbImage {
  const { starts, counts, values, stride } = weights;
  const source = image.data;
  const data = new Uint8Array(width * rowCount * 3);
  // Two rows at a time share each weight's load, which is a quarter faster; a last odd row is paired with itself.
  for (let row = 0; row < rowCount; row += 2) {
    const other = Math.min(row + 1, rowCount - 1);
    const rowStart = (firstRow + row) * image.width * 3;
    const otherOffset = (other - row) * image.width * 3;
    let to = row * width * 3;
    let otherTo = other * width * 3;
    for (let column = 0; column < width; column++) {
      let from = rowStart + (starts[column] as number) * 3;
      let tap = column * stride;
      const end = tap + (counts[column] as number);
      let red = half;
      let green = half;
      let blue = half;
      let otherRed = half;
      let otherGreen = half;
      let otherBlue = half;
      for (; tap < end; tap++) {
        const weight = values[tap] as number;
        const otherFrom = from + otherOffset;
        red += Math.imul(source[from] as number, weight);
        green += Math.imul(source[from + 1] as number, weight);
        blue += Math.imul(source[from + 2] as number, weight);
        otherRed += Math.imul(source[otherFrom] as number, weight);
        otherGreen += Math.imul(source[otherFrom + 1] as number, weight);
        otherBlue += Math.imul(source[otherFrom + 2] as number, weight);
        from += 3;
      }
      // Weights are not negative and sum up to one: no sum leaves 0..255.
      data[to] = red >> precisionBits;
      data[to + 1] = green >> precisionBits;
      data[to + 2] = blue >> precisionBits;
      data[otherTo] = otherRed >> precisionBits;
      data[otherTo + 1] = otherGreen >> precisionBits;
      data[otherTo + 2] = otherBlue >> precisionBits;
      to += 3;
      otherTo += 3;
    }
  }
  return { width, height: rowCount, data };
}

function resizeColumns(image: RgbImage, weights: Weights, firstRow: number, height: number): RgbImage {
  const { starts, counts, values, stride } = weights;
  const rowLength = image.width * 3;
  const source = image.data;
  const data = new Uint8Array(rowLength * height);
  for (let row = 0; row < height; row++) {
    const firstFrom = ((starts[row] as number) - firstRow) * rowLength;
    const firstTap = row * stride;
    const end = firstTap + (counts[row] as number);
    const to = row * rowLength;
    for (let place = 0; place < rowLength; place++) {
      let from = firstFrom + place;
      let sum = half;
      for (let tap = firstTap; tap < end; tap++) {
        sum += Math.imul(source[from] as number, values[tap] as number);
        from += rowLength;
      }
      data[to + place] = sum >> precisionBits;
    }
  }
  return { width: image.width, height, data };
}
