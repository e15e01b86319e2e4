import { ModelDeckError } from '../../foundation/error.ts';
import { roundHalfToEven } from '../../foundation/rounding.ts';
import type { ImageInput } from '../../contract/modelContract.ts';
import type { Region } from './raster.ts';

/** Where a picture comes to lie on the model's canvas. */
export interface Framing {
  /** Size after the resize, in pixels. */
  readonly resized: { readonly width: number; readonly height: number };
  /** The part of the resized picture that is on the canvas. */
  readonly region: Region;
  /** The region's place on the canvas. */
  readonly left: number;
  readonly top: number;
  /** The canvas where no picture is, 0 to 255. */
  readonly fill: number;
}

type Size = Framing['resized'];
type FramedInput = Pick<ImageInput, 'resize' | 'width' | 'height'>;

/**
 * Resize and crop of the contract for a picture of that size: torchvision's `Resize` and `CenterCrop` (black around what is
 * too small), or Ultralytics' `LetterBox`.
 * @throws ModelDeckError `invalid-input` when a size of the contract cannot be
 */
export function frame(picture: Size, input: FramedInput): Framing {
  checkSize('width', input.width);
  checkSize('height', input.height);
  const resized = resizedSize(picture, input);
  const letterbox = input.resize.method === 'letterbox' ? input.resize : undefined;
  const across = letterbox ? between(resized.width, input.width) : centre(resized.width, input.width);
  const down = letterbox ? between(resized.height, input.height) : centre(resized.height, input.height);
  const region = { left: across.from, top: down.from, width: across.length, height: down.length };
  return { resized, region, left: across.padding, top: down.padding, fill: letterbox ? level(letterbox.fill) : 0 };
}

/** Largest side that we compute with, in pixels; far beyond any classifier's. */
const maxSide = 8192;
/** The longest side that a resize may make of a long and narrow picture, of which only the middle is computed. */
const maxLongSide = 2 ** 30;

function checkSize(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= maxSide) return;
  throw new ModelDeckError('invalid-input', `input.${name} is ${value}, not a whole number from 1 to ${maxSide}.`);
}

function level(fill: number): number {
  if (Number.isInteger(fill) && fill >= 0 && fill <= 255) return fill;
  throw new ModelDeckError('invalid-input', `input.resize.fill is ${fill}, not a whole number from 0 to 255.`);
}

function resizedSize(picture: Size, { resize, width, height }: FramedInput): Size {
  switch (resize.method) {
    case 'none':
      return { width: picture.width, height: picture.height };
    case 'exact':
      checkSize('resize.width', resize.width);
      checkSize('resize.height', resize.height);
      return { width: resize.width, height: resize.height };
    case 'shorter-side':
      checkSize('resize.length', resize.length);
      return shorterSide(picture, resize.length);
    case 'letterbox': {
      const ratio = Math.min(width / picture.width, height / picture.height);
      const side = (length: number): number => Math.max(1, roundHalfToEven(length * ratio));
      return { width: side(picture.width), height: side(picture.height) };
    }
  }
}

/** torchvision: the shorter side gets the length, the longer one is scaled with it and cut to a whole number. */
function shorterSide({ width, height }: Size, length: number): Size {
  const long = Math.trunc((length * Math.max(width, height)) / Math.min(width, height));
  if (long > maxLongSide) {
    const summary = `A picture of ${width} × ${height} pixels cannot get a shorter side of ${length}.`;
    throw new ModelDeckError('invalid-input', summary, { remedy: 'Cut the picture to less extreme proportions.' });
  }
  return width <= height ? { width: length, height: long } : { width: long, height: length };
}

interface Side {
  readonly from: number;
  readonly length: number;
  readonly padding: number;
}

/** The middle of one side: from where, how much of the picture, and after how much padding. */
function centre(size: number, crop: number): Side {
  if (size < crop) return { from: 0, length: size, padding: Math.trunc((crop - size) / 2) };
  return { from: roundHalfToEven((size - crop) / 2), length: crop, padding: 0 };
}

/** Ultralytics takes a tenth off the half, so that an odd pixel comes after the picture. */
function between(size: number, canvas: number): Side {
  return { from: 0, length: size, padding: Math.max(0, roundHalfToEven((canvas - size) / 2 - 0.1)) };
}
