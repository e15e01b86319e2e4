import type { Interpolation } from '../../contract/modelContract.ts';
import type { Raster, Region } from './raster.ts';
import { picksAlong, precisionBits, weightsAlong } from './resampleWeights.ts';
import type { Filter, Weights } from './resampleWeights.ts';

/** The size that a picture is brought to, in pixels, and how. */
export interface Resizing {
  readonly width: number;
  readonly height: number;
  readonly interpolation: Interpolation;
}

/**
 * Resizes 8-bit pixels with the result of Pillow's `resize`, bit by bit: antialiased, in fixed point of 22 bits; rows first,
 * rounded to 8 bits, then columns.
 * @param region the part of the resized picture that is wanted; only that part is computed, with the same bytes
 */
export function resize(image: Raster, to: Resizing, region?: Region): Raster {
  const wanted = region ?? { left: 0, top: 0, width: to.width, height: to.height };
  if (to.width === image.width && to.height === image.height) return cut(image, wanted);
  if (to.interpolation === 'nearest') return pick(image, to, wanted);
  if (to.height === image.height) return resizeRows(image, to.width, to.interpolation, wanted);
  const rows = weightsAlong(to.interpolation, { from: image.height, to: to.height }, wanted.top, wanted.height);
  const firstRow = rows.starts[0] ?? 0;
  const lastRow = (rows.starts[wanted.height - 1] ?? 0) + (rows.counts[wanted.height - 1] ?? 0);
  const band = { left: wanted.left, top: firstRow, width: wanted.width, height: lastRow - firstRow };
  const narrow = to.width === image.width ? cut(image, band) : resizeRows(image, to.width, to.interpolation, band);
  return resizeColumns(narrow, rows, firstRow, wanted.height);
}

/** Pixels that are had part by part, so that not all of a large picture is held. */
export interface PixelSource {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly part: (region: Region) => Promise<Raster>;
}

/** Most pixels that are asked for at once where a resize can do with a part: 36 MB, and as much inside the image library. */
const mostAtOnce = 12_000_000;

/**
 * As {@link resize}, of a source: asks only for the rows and columns that the wanted region is made of, in bands one after the
 * other. Each band may be read from the top of the file again, so that there are few of them.
 */
export async function resizeParts(
  source: PixelSource,
  to: Resizing,
  region: Region,
  atOnce = mostAtOnce,
): Promise<Raster> {
  const { interpolation } = to;
  const isPlain = interpolation === 'nearest' || to.width === source.width || to.height === source.height;
  if (isPlain) {
    const whole = { left: 0, top: 0, width: source.width, height: source.height };
    return resize(await source.part(whole), to, region);
  }
  const rows = weightsAlong(interpolation, { from: source.height, to: to.height }, region.top, region.height);
  const columns = weightsAlong(interpolation, { from: source.width, to: to.width }, region.left, region.width);
  const down = extent(rows, region.height);
  const across = extent(columns, region.width);
  const shifted = { ...columns, starts: columns.starts.map((start) => start - across.from) };
  const bandHeight = Math.max(1, Math.floor(atOnce / across.length));
  let narrow: Uint8Array | undefined;
  let channels: Raster['channels'] = 3;
  for (let done = 0; done < down.length; done += bandHeight) {
    const height = Math.min(bandHeight, down.length - done);
    const band = await source.part({ left: across.from, top: down.from + done, width: across.length, height });
    channels = band.channels;
    narrow ??= new Uint8Array(region.width * down.length * channels);
    const strip = { left: 0, top: 0, width: region.width, height };
    narrow.set(weighRows(band, shifted, strip).data, region.width * done * channels);
  }
  const image = { width: region.width, height: down.length, channels, data: narrow ?? new Uint8Array() };
  return resizeColumns(image, rows, down.from, region.height);
}

/** From which input sample on, and how many, the output samples are made of. */
function extent({ starts, counts }: Weights, count: number): { from: number; length: number } {
  let from = Infinity;
  let end = 0;
  for (let index = 0; index < count; index++) {
    from = Math.min(from, starts[index] as number);
    end = Math.max(end, (starts[index] as number) + (counts[index] as number));
  }
  return { from, length: end - from };
}

/** A part of the picture; the picture itself when that is all of it. */
export function cut(image: Raster, { left, top, width, height }: Region): Raster {
  if (left === 0 && top === 0 && width === image.width && height === image.height) return image;
  const { channels } = image;
  const length = width * channels;
  const data = new Uint8Array(length * height);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + length), row * length);
  }
  return { width, height, channels, data };
}

function pick(image: Raster, to: Resizing, { left, top, width, height }: Region): Raster {
  const { channels } = image;
  const columns = picksAlong({ from: image.width, to: to.width }, left, width);
  const rows = picksAlong({ from: image.height, to: to.height }, top, height);
  const data = new Uint8Array(width * height * channels);
  let place = 0;
  for (let row = 0; row < height; row++) {
    const rowStart = (rows[row] as number) * image.width * channels;
    for (let column = 0; column < width; column++) {
      const from = rowStart + (columns[column] as number) * channels;
      for (let channel = 0; channel < channels; channel++) data[place++] = image.data[from + channel] as number;
    }
  }
  return { width, height, channels, data };
}

const half = 1 << (precisionBits - 1);

function clip(sum: number): number {
  const level = sum >> precisionBits;
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/** The columns of the region in a picture of the new width, and its rows of the old height. */
function resizeRows(image: Raster, newWidth: number, filter: Filter, region: Region): Raster {
  return weighRows(image, weightsAlong(filter, { from: image.width, to: newWidth }, region.left, region.width), region);
}

function weighRows(image: Raster, weights: Weights, { width, height, top }: Region): Raster {
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const work = { source: image.data, sourceWidth: image.width, data, width, firstRow: top, rowCount: height };
  if (channels === 3 && !weights.overshoots) resizeColourRows(work, weights);
  else resizeAnyRows(work, weights, channels);
  return { width, height, channels, data };
}

interface RowsWork {
  readonly source: Uint8Array;
  readonly sourceWidth: number;
  readonly data: Uint8Array;
  readonly width: number;
  readonly firstRow: number;
  readonly rowCount: number;
}

function resizeAnyRows(work: RowsWork, weights: Weights, channels: number): void {
  const { source, sourceWidth, data, width, firstRow, rowCount } = work;
  const { starts, counts, values, stride } = weights;
  let to = 0;
  for (let row = 0; row < rowCount; row++) {
    const rowStart = (firstRow + row) * sourceWidth * channels;
    for (let column = 0; column < width; column++) {
      const start = rowStart + (starts[column] as number) * channels;
      const firstTap = column * stride;
      const end = firstTap + (counts[column] as number);
      for (let channel = 0; channel < channels; channel++) {
        let from = start + channel;
        let sum = half;
        for (let tap = firstTap; tap < end; tap++) {
          sum += Math.imul(source[from] as number, values[tap] as number);
          from += channels;
        }
        data[to++] = clip(sum);
      }
    }
  }
}

/** The usual case. Weights are not negative and sum up to one, so that no sum leaves 0..255. */
function resizeColourRows({ source, sourceWidth, data, width, firstRow, rowCount }: RowsWork, weights: Weights): void {
  const { starts, counts, values, stride } = weights;
  // Two rows at a time share each weight's load, which is a quarter faster; a last odd row is paired with itself.
  for (let row = 0; row < rowCount; row += 2) {
    const other = Math.min(row + 1, rowCount - 1);
    const rowStart = (firstRow + row) * sourceWidth * 3;
    const otherOffset = (other - row) * sourceWidth * 3;
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
}

function resizeColumns(image: Raster, weights: Weights, firstRow: number, height: number): Raster {
  const { starts, counts, values, stride } = weights;
  const rowLength = image.width * image.channels;
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
      data[to + place] = clip(sum);
    }
  }
  return { width: image.width, height, channels: image.channels, data };
}
