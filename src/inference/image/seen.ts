import type { Colour, ImageInput } from '../../contract/modelContract.ts';
import { frame } from './framing.ts';
import type { Raster } from './raster.ts';
import { resize } from './resize.ts';
import type { RgbImage } from './rgbImage.ts';

/**
 * The picture on the model's canvas, after colour, resize, crop and padding: 8-bit pixels in the size of the tensor. `bgr`
 * is still in the order R, G, B here: only the tensor's channels change places.
 * @throws ModelDeckError `invalid-input` when a size of the contract cannot be
 */
export function seen(
  image: RgbImage,
  input: Pick<ImageInput, 'colour' | 'resize' | 'interpolation' | 'width' | 'height'>,
): Raster {
  const { width, height, interpolation } = input;
  const { resized, region, left, top, fill } = frame(image, input);
  const part = resize(inColour(image, input.colour), { ...resized, interpolation }, region);
  if (part.width === width && part.height === height) return part;
  const { channels } = part;
  const data = new Uint8Array(width * height * channels).fill(fill);
  const length = part.width * channels;
  for (let row = 0; row < part.height; row++) {
    data.set(part.data.subarray(row * length, (row + 1) * length), ((top + row) * width + left) * channels);
  }
  return { width, height, channels, data };
}

function inColour({ width, height, data }: RgbImage, colour: Colour): Raster {
  return colour === 'grey' ? { width, height, channels: 1, data: greyOf(data) } : { width, height, channels: 3, data };
}

/** Pillow's `convert('L')`: luma of ITU-R 601 in fixed point of 16 bits. */
function greyOf(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  let from = 0;
  for (let place = 0; place < grey.length; place++) {
    const luma =
      (rgb[from] as number) * 19595 + (rgb[from + 1] as number) * 38470 + (rgb[from + 2] as number) * 7471 + 0x8000;
    grey[place] = luma >> 16;
    from += 3;
  }
  return grey;
}
