import type { Colour, ImageInput } from '../../contract/modelContract.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { frame } from './framing.ts';
import type { Framing } from './framing.ts';
import type { OpenImage } from './openImage.ts';
import { freePixels } from './freePixels.ts';
import { largePixels, withinPixelBudget } from './pixelBudget.ts';
import type { Raster, Region } from './raster.ts';
import { resize, resizeParts } from './resize.ts';
import type { RgbImage } from './rgbImage.ts';

type SeenInput = Pick<ImageInput, 'colour' | 'resize' | 'interpolation' | 'width' | 'height'>;

/**
 * The picture on the model's canvas, after colour, resize, crop and padding: 8-bit pixels in the size of the tensor. `bgr`
 * is still in the order R, G, B here: only the tensor's channels change places.
 * @throws ModelDeckError `invalid-input` when a size of the contract cannot be
 */
export function seen(image: RgbImage, input: SeenInput): Raster {
  const framing = frame(image, input);
  const { resized, region } = framing;
  return onCanvas(
    resize(inColour(image, input.colour), { ...resized, interpolation: input.interpolation }, region),
    framing,
    input,
  );
}

/**
 * The same of a file: of a large one only the pixels that are needed are decoded, and pictures that come at once share a bound
 * of memory.
 * @throws ModelDeckError as `decodeImage` does, and as {@link seen}
 */
export async function seenInFile(
  file: OpenImage,
  input: SeenInput,
  task?: Task,
): Promise<{ readonly raster: Raster; readonly notes: readonly string[] }> {
  const { width, height } = file;
  return withinPixelBudget(
    width * height,
    async () => {
      throwIfCancelled(task);
      if (file.part === undefined) {
        const image = await file.decode(task);
        return { raster: seen(image, input), notes: image.notes };
      }
      const part = async (region: Region): Promise<Raster> => {
        throwIfCancelled(task);
        if (width * height > largePixels) await freePixels();
        return inColour({ ...region, data: (await file.part?.(region)) ?? new Uint8Array() }, input.colour);
      };
      const framing = frame(file, input);
      const to = { ...framing.resized, interpolation: input.interpolation };
      return {
        raster: onCanvas(await resizeParts({ width, height, part }, to, framing.region), framing, input),
        notes: [],
      };
    },
    task?.signal,
  );
}

function onCanvas(part: Raster, { left, top, fill }: Framing, { width, height }: SeenInput): Raster {
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
