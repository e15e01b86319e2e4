import { imageFromPixels } from './formats/sharpImage.ts';
import { openImage } from './openImage.ts';

/**
 * A small picture for the panel, upright, with its colours and transparency.
 * @param size longest side, in pixels
 * @returns a `data:` URL of a JPEG, or of a PNG when the image has transparency
 * @throws ModelDeckError as `decodeImage` does
 */
export async function thumbnail(bytes: Uint8Array, size = 96): Promise<string> {
  const image = await openImage(bytes);
  if (image.thumbnail) {
    const small = await image.thumbnail(size);
    return dataUrl(small.bytes, small.type);
  }
  const pixels = await imageFromPixels(await image.decode());
  return dataUrl(await pixels.resize({ width: size, height: size, fit: 'inside' }).jpeg().toBuffer(), 'jpeg');
}

function dataUrl(bytes: Uint8Array, type: 'png' | 'jpeg'): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:image/${type};base64,${base64}`;
}
