import type sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { ModelDeckError } from '../../foundation/error.ts';
import type { RgbImage } from './rgbImage.ts';
import { detectImageFormat } from './imageFormat.ts';
import type { ImageFormat } from './imageFormat.ts';

/** Largest image that is decoded, in pixels: 300 MB as RGB. */
export const maxPixels = 100_000_000;

/** An image whose header was read and found fit to be decoded. */
export interface OpenImage {
  readonly format: ImageFormat;
  readonly metadata: Metadata;
  /** A pipeline at the image's start: first frame, EXIF rotation applied, colour profile ignored as Pillow ignores it. */
  readonly pipeline: () => Sharp;
  /** Gives an error of the pipeline its words. */
  readonly decodeError: (error: unknown) => ModelDeckError;
}

/**
 * Reads the header.
 * @throws ModelDeckError `invalid-input`, `unsupported`, or `missing-tool` when the image library cannot be loaded
 */
export async function openImage(bytes: Uint8Array): Promise<OpenImage> {
  const format = detectImageFormat(bytes);
  const open = await loadSharp();
  const decodeError = (error: unknown): ModelDeckError => imageError(format, error);
  // The limit is checked below, in our words, before any pixel is decoded; sharp's own stays behind it.
  const header = open(bytes, { limitInputPixels: false });
  const metadata = await header.metadata().catch((error: unknown) => {
    throw decodeError(error);
  });
  const { width, height } = metadata;
  if (width * height > maxPixels) {
    const megapixels = Math.ceil((width * height) / 1e6);
    const summary = `This ${format.toUpperCase()} image has ${width} × ${height} pixels: ${megapixels} megapixels, and at most ${maxPixels / 1e6} are decoded.`;
    throw new ModelDeckError('invalid-input', summary, { remedy: 'Scale the image down first.' });
  }
  const pipeline = (): Sharp =>
    open(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true }).autoOrient();
  return { format, metadata, pipeline, decodeError };
}

/** A pipeline that starts from decoded pixels. */
export async function imageFromPixels({ width, height, data }: RgbImage): Promise<Sharp> {
  return (await loadSharp())(data, { raw: { width, height, channels: 3 } });
}

/** Loaded on first use: neither native sharp nor its WebAssembly build is wanted before there is an image. */
async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new ModelDeckError('missing-tool', 'The image library (sharp) could not be loaded on this platform.', {
      remedy: 'Reinstall the extension; the log has the reason.',
      nextStep: { kind: 'show-log' },
      cause: error,
    });
  }
}

function imageError(format: ImageFormat, error: unknown): ModelDeckError {
  if (ModelDeckError.is(error)) return error;
  const reason = error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : String(error);
  return new ModelDeckError('invalid-input', `This ${format.toUpperCase()} image cannot be decoded: ${reason}.`, {
    remedy: 'The file is damaged or cut off: open it in an image viewer, or export it again.',
    cause: error,
  });
}
