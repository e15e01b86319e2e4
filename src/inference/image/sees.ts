import type { Colour } from '../../contract/modelContract.ts';
import { imageFromPixels } from './formats/sharpImage.ts';
import type { Raster } from './raster.ts';

/**
 * The picture that the model sees, for a person to look at: after colour, resize, crop and padding, before the numbers of range,
 * mean and std. For `bgr` the channels are shown in the order of the tensor, so that red and blue have changed places.
 * @param raster as `seen` and `preprocessFile` make it
 * @returns a PNG of the tensor's width and height
 */
export async function sees({ width, height, channels, data }: Raster, colour: Colour): Promise<Uint8Array> {
  const shown = colour === 'bgr' ? exchanged(data) : data;
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
