import { openImage } from './openImage.ts';

/**
 * A small picture for the panel, upright, with its colours and transparency.
 * @param size longest side, in pixels
 * @returns a `data:` URL of a JPEG, or of a PNG when the image has transparency
 * @throws ModelDeckError as `decodeImage` does
 */
export async function thumbnail(bytes: Uint8Array, size = 96): Promise<string> {
  const image = await openImage(bytes);
  const small = image.pipeline().resize({ width: size, height: size, fit: 'inside' }).toColourspace('srgb');
  const type = image.metadata.hasAlpha ? 'png' : 'jpeg';
  const encoded = await small
    .toFormat(type)
    .toBuffer()
    .catch((error: unknown) => {
      throw image.decodeError(error);
    });
  return `data:image/${type};base64,${encoded.toString('base64')}`;
}
