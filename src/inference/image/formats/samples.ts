import type { DecodedImage } from '../rgbImage.ts';

type Numbers =
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Int8Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Pixels as a file has them, with as many channels and as deep as they are. */
export interface Samples {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Interleaved: `width * height * channels` numbers. */
  readonly data: Numbers;
  readonly channels: number;
  /** Which channels make the colour: three for R, G and B, or one for grey. */
  readonly colour: readonly [number] | readonly [number, number, number];
  /** How the samples are described in a note, for example `16-bit`. */
  readonly depth: string;
  /** Set where zero is white. */
  readonly isInverted?: boolean;
  /** The lowest and highest value that the file itself names. */
  readonly window?: Window;
}

export interface Window {
  readonly low: number;
  readonly high: number;
}

/**
 * Brings samples of any depth into 8 bits, and one channel into three. Eight bits stay as they are. Deeper ones are spread
 * over 0 to 255 from the file's window; else from the smallest usual range that holds them (0 to 1, 8, 10, 12, 14 or 16 bits,
 * with a sign where they have one), where they fill at least half of it; else from their lowest to their highest value. `to_8_bits` of
 * `src/contract/preprocessingPython.ts` is the same rule.
 */
export function toRgb(samples: Samples): DecodedImage {
  const { width, height, data, channels, colour } = samples;
  const isPlain = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  const scale = isPlain && samples.window === undefined ? undefined : scaleOf(samples);
  const level = scale === undefined ? (value: number): number => value : levelOf(scale);
  const rgb = new Uint8Array(width * height * 3);
  const [red, green, blue] = colour.length === 1 ? [colour[0], colour[0], colour[0]] : colour;
  let from = 0;
  for (let to = 0; to < rgb.length; to += 3) {
    rgb[to] = level(data[from + red] as number);
    rgb[to + 1] = level(data[from + green] as number);
    rgb[to + 2] = level(data[from + blue] as number);
    from += channels;
  }
  if (samples.isInverted) for (let place = 0; place < rgb.length; place++) rgb[place] = 255 - (rgb[place] as number);
  return { width, height, data: rgb, notes: scale === undefined || isPlain ? [] : [noteOf(samples.depth, scale)] };
}

interface Scale extends Window {
  readonly why: 'file' | 'range' | 'values' | 'nothing';
}

/** The tops of the ranges that pictures are commonly stored in: 0 to 1, and 8 to 16 bits. */
const usualTops = [1, 255, 1023, 4095, 16383, 65535];
/** Bottoms and tops of signed ones; Hounsfield units of the body are within 11 bits. */
const signedRanges: readonly Window[] = [
  { low: -1, high: 1 },
  ...[8, 10, 11, 12, 14, 16].map((bits) => ({ low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 })),
];

/** The smallest usual range that holds the values, where they fill at least half of it. */
function usualRange(low: number, high: number): Window | undefined {
  if (low >= 0) {
    const top = usualTops.find((most) => high <= most);
    return top !== undefined && high >= top / 2 ? { low: 0, high: top } : undefined;
  }
  const range = signedRanges.find((one) => low >= one.low && high <= one.high);
  return range && high - low >= (range.high - range.low) / 2 ? range : undefined;
}

function scaleOf({ data, channels, colour, window }: Samples): Scale {
  if (window && window.low < window.high) return { ...window, why: 'file' };
  let low = Infinity;
  let high = -Infinity;
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    for (const channel of colour) {
      const value = data[pixel + channel] as number;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
  }
  if (low > high) return { low: 0, high: 1, why: 'nothing' };
  const range = usualRange(low, high);
  if (range) return { ...range, why: 'range' };
  return { low, high: low < high ? high : low + 1, why: 'values' };
}

function levelOf({ low, high }: Window): (value: number) => number {
  // The upper eight of sixteen bits, as image libraries take them.
  const exact = (value: number): number =>
    low === 0 && high === 65535 ? Math.floor(value / 256) : Math.floor(((value - low) * 255) / (high - low) + 0.5);
  return (value) => {
    const level = exact(value);
    // What is not a number becomes 0 as well.
    return level > 0 ? Math.min(255, level) : 0;
  };
}

function noteOf(depth: string, { low, high, why }: Scale): string {
  if (why === 'nothing') return `None of the ${depth} values is a number: the picture is black.`;
  const reasons = {
    file: 'the window that the file names',
    range: 'the range that its values fill',
    values: 'its lowest and highest value',
  };
  return `${depth} values were brought into 8 bits: ${shortNumber(low)} to ${shortNumber(high)}, ${reasons[why]}, became 0 to 255.`;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/**
 * Ink to light without a profile: each colour is `(1 - K) - C * (1 - K)`, in integers with the product rounded as
 * Pillow rounds it (measured equal on JPEG and TIFF).
 * @param ink C, M, Y, K and perhaps more channels of each pixel
 */
export function cmykToRgb(ink: Uint8Array, channels: number): Uint8Array {
  const pixels = ink.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels;
    const light = 255 - (ink[from + 3] as number);
    for (let channel = 0; channel < 3; channel++) {
      const product = (ink[from + channel] as number) * light + 128;
      rgb[pixel * 3 + channel] = Math.max(0, light - (((product >> 8) + product) >> 8));
    }
  }
  return rgb;
}
