import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { openImage } from './openImage.ts';
import { withinPixelBudget } from './pixelBudget.ts';
import type { DecodedImage } from './rgbImage.ts';

/**
 * Decodes a picture file (`formats/index.ts` lists the formats) to what Pillow's `convert('RGB')` gives: alpha is dropped, not
 * blended; grey is tripled; palettes are looked up; CMYK is converted by Pillow's formula; colour profiles are ignored. Of
 * several pages or frames the first is taken. Differences on purpose: the orientation of EXIF, XMP or ImageMagick is applied;
 * deeper values are brought into 8 bits by the rule of `formats/samples.ts` (Pillow clips them to white); transparent
 * pixels of a GIF are black (Pillow keeps the hidden palette colour).
 * @throws ModelDeckError `invalid-input` for a damaged file, for text, for more than 100 megapixels; `unsupported` for other formats
 */
export async function decodeImage(bytes: Uint8Array, task?: Task): Promise<DecodedImage> {
  throwIfCancelled(task);
  const image = await openImage(bytes);
  return withinPixelBudget(image.width * image.height, () => image.decode(task), task?.signal);
}
