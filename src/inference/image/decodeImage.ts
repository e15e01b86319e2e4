import type { Sharp } from 'sharp';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { openImage } from './openImage.ts';
import type { RgbImage } from './rgbImage.ts';

/**
 * Decodes JPEG, PNG, WebP, GIF (first frame) and TIFF (first page) to what Pillow's `convert('RGB')` gives: alpha is
 * dropped, not blended; grey is tripled; palettes are looked up; CMYK is converted by Pillow's formula; colour profiles
 * are ignored. Three differences on purpose: the EXIF orientation is applied, 16-bit channels keep their upper eight bits (Pillow
 * clips 16-bit grey to white), and transparent pixels of a GIF are black (Pillow keeps the hidden palette colour).
 * @throws ModelDeckError `invalid-input` for a damaged file, for text, for more than 100 megapixels; `unsupported` for other formats
 */
export async function decodeImage(bytes: Uint8Array, task?: Task): Promise<RgbImage> {
  throwIfCancelled(task);
  const image = await openImage(bytes);
  throwIfCancelled(task);
  const isCmyk = image.metadata.space === 'cmyk';
  const pipeline = isCmyk
    ? image.pipeline().pipelineColourspace('cmyk').toColourspace('cmyk')
    : image.pipeline().removeAlpha().toColourspace('srgb');
  const { data, info } = await readPixels(pipeline).catch((error: unknown) => {
    throw image.decodeError(error);
  });
  throwIfCancelled(task);
  const { width, height } = info;
  return { width, height, data: isCmyk ? cmykToRgb(data, info.channels) : data };
}

function readPixels(
  pipeline: Sharp,
): Promise<{ data: Buffer; info: { width: number; height: number; channels: number } }> {
  return pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
}

/**
 * Ink to light without a profile: each colour is `(1 - K) - C * (1 - K)`, in integers with the product rounded as
 * Pillow rounds it (measured equal on JPEG and TIFF).
 */
function cmykToRgb(ink: Uint8Array, channels: number): Uint8Array {
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
