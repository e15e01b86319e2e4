import { ModelDeckError } from '../../foundation/error.ts';
import type { Preprocessing } from '../../packaging/spec/modelSpec.ts';
import type { RgbImage } from './rgbImage.ts';
import { resizeBilinear } from './resize.ts';

/**
 * The model's input tensor, float by float that of torchvision's `Resize(resize)`, `CenterCrop(crop)`, `ToTensor()` and
 * `Normalize(mean, std)` on a Pillow image.
 * @returns `3 * crop * crop` float32 values: planes R, G, B for NCHW, interleaved for NHWC; the batch dimension of 1 is the caller's
 * @throws ModelDeckError `invalid-input` when a size or a divisor cannot be
 */
export function preprocess(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  const { resize, crop } = preprocessing;
  checkSize('resize', resize);
  checkSize('crop', crop);
  const { width, height } = resizedSize(image, resize);
  const across = centre(width, crop);
  const down = centre(height, crop);
  const region = { left: across.from, top: down.from, width: across.length, height: down.length };
  const pixels = resizeBilinear(image, width, height, region);
  const levels = normalisedLevels(preprocessing);
  const planes = preprocessing.layout === 'NCHW';
  const channelStep = planes ? crop * crop : 1;
  const pixelStep = planes ? 1 : 3;
  const tensor = new Float32Array(3 * crop * crop);
  for (let channel = 0; channel < 3; channel++) {
    const level = levels[channel] as Float32Array;
    const start = channel * channelStep;
    // Where the image is smaller than the crop the border is black, before normalising.
    if (across.length < crop || down.length < crop) {
      for (let place = 0; place < crop * crop; place++) tensor[start + place * pixelStep] = level[0] as number;
    }
    for (let y = 0; y < down.length; y++) {
      let from = y * across.length * 3 + channel;
      let to = start + ((y + down.padding) * crop + across.padding) * pixelStep;
      for (let x = 0; x < across.length; x++) {
        tensor[to] = level[pixels.data[from] as number] as number;
        from += 3;
        to += pixelStep;
      }
    }
  }
  return tensor;
}

/** Largest side that we compute with, in pixels; far beyond any classifier's. */
const maxSide = 8192;

function checkSize(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= maxSide) return;
  throw new ModelDeckError(
    'invalid-input',
    `preprocessing.${name} is ${value}, not a whole number from 1 to ${maxSide}.`,
  );
}

/** torchvision: the shorter side gets the length, the longer one is scaled with it and cut to a whole number. */
function resizedSize(image: RgbImage, length: number): { width: number; height: number } {
  const { width, height } = image;
  const long = Math.trunc((length * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: length, height: long } : { width: long, height: length };
}

/** The middle of one side: from where, how much of the image, and after how much padding. */
function centre(size: number, crop: number): { from: number; length: number; padding: number } {
  if (size < crop) return { from: 0, length: size, padding: Math.trunc((crop - size) / 2) };
  return { from: roundHalfToEven((size - crop) / 2), length: crop, padding: 0 };
}

/** Python's `round`. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** What each 8-bit value becomes in each channel, rounded to float32 after every step as torch does. */
function normalisedLevels({ mean, std }: Preprocessing): Float32Array[] {
  return mean.map((channelMean, channel) => {
    const average = Math.fround(channelMean);
    const deviation = Math.fround(std[channel] as number);
    if (!Number.isFinite(average) || !Number.isFinite(deviation) || deviation === 0) {
      throw new ModelDeckError('invalid-input', 'preprocessing.mean and std must be numbers, and std must not be 0.');
    }
    return Float32Array.from(
      { length: 256 },
      (_, level) => Math.fround(Math.fround(level / 255) - average) / deviation,
    );
  });
}
