import type { ImageInput } from '../../contract/modelContract.ts';
import { imageFromPixels } from './formats/sharpImage.ts';
import type { RgbImage } from './rgbImage.ts';
import { seen } from './seen.ts';

/**
 * The picture that the model sees, for a person to look at: after colour, resize, crop and padding, before the numbers of range,
 * mean and std. For `bgr` the channels are shown in the order of the tensor, so that red and blue have changed places.
 * @returns a PNG of the tensor's width and height
 * @throws ModelDeckError `invalid-input` when a size of the contract cannot be
 */
export async function sees(image: RgbImage, input: ImageInput): Promise<Uint8Array> {
  const { width, height, channels, data } = seen(image, input);
  const shown = input.colour === 'bgr' ? exchanged(data) : data;
  return (await imageFromPixels({ width, height, data: shown }, channels)).png().toBuffer();
}

/** With the first and the third of each three bytes exchanged. */
function exchanged(pixels: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(pixels);
  for (let place = 0; place < changed.length; place += 3) {
    changed[place] = pixels[place + 2] as number;
    changed[place + 2] = pixels[place] as number;
  }
  return changed;
}
