import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import { readable } from './formats/imageFormat.ts';
import type { ImageFormat, OpenedFile } from './formats/imageFormat.ts';
import { imageFormats } from './formats/index.ts';
import { decodeStart, looksLikeText } from './formats/signatures.ts';
import { maxPixels } from './formats/sharpImage.ts';
import { unreadKinds } from './formats/unread.ts';
import type { Region } from './raster.ts';

/** A picture file whose header was read and found fit to be decoded. Its functions throw `ModelDeckError` only. */
export interface OpenImage extends OpenedFile {
  readonly format: ImageFormat;
}

/**
 * Reads the header.
 * @param formats those that are read; the registered ones when left out
 * @throws ModelDeckError `invalid-input`, `unsupported`, or `missing-tool` when the image library cannot be loaded
 */
export async function openImage(bytes: Uint8Array, formats: readonly ImageFormat[] = imageFormats): Promise<OpenImage> {
  const format = detectFormat(bytes, formats);
  const say = (error: unknown): never => {
    throw decodeError(format, error);
  };
  const file = await Promise.resolve(bytes).then(format.open).catch(say);
  checkPixels(format, file);
  const { check, part, thumbnail } = file;
  return {
    ...file,
    format,
    decode: async (task) => {
      throwIfCancelled(task);
      const image = await Promise.resolve(task).then(file.decode).catch(say);
      throwIfCancelled(task);
      return image;
    },
    ...(part && { part: (region: Region) => part(region).catch(say) }),
    ...(check && { check: () => check().catch(say) }),
    ...(thumbnail && { thumbnail: (size: number) => thumbnail(size).catch(say) }),
  };
}

/** What a file is by its bytes; its name is not asked. */
function detectFormat(bytes: Uint8Array, formats: readonly ImageFormat[]): ImageFormat {
  if (bytes.length === 0) {
    throw new ModelDeckError('invalid-input', 'The image is empty (0 bytes).', { remedy: readable });
  }
  const unread = unreadKinds.find(({ matches }) => matches(bytes));
  const format = formats.find(({ matches }) => matches(bytes));
  // A camera's raw photo begins as a TIFF does, and AVIF may begin as HEIC does.
  if (format && !(unread && format.name === 'TIFF')) return format;
  if (unread) {
    throw new ModelDeckError('unsupported', `This is ${unread.name}, which is not read here.`, { remedy: readable });
  }
  const start = looksLikeText(bytes)
    ? `it is text, beginning with "${textStart(bytes)}"`
    : `it begins with ${hexStart(bytes)}`;
  throw new ModelDeckError('invalid-input', `This is not an image: ${start}.`, { remedy: readable });
}

function checkPixels(format: ImageFormat, { width, height }: OpenedFile): void {
  if (width * height <= maxPixels) return;
  const megapixels = Math.ceil((width * height) / 1e6);
  const summary = `This ${format.name} image has ${width} × ${height} pixels: ${megapixels} megapixels, and at most ${maxPixels / 1e6} are decoded.`;
  throw new ModelDeckError('invalid-input', summary, { remedy: 'Scale the image down first.' });
}

function decodeError(format: ImageFormat, error: unknown): ModelDeckError {
  if (ModelDeckError.is(error)) return error;
  const reason = error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : String(error);
  const summary = `This ${format.name} image cannot be decoded: ${reason.replace(/[.:\s]+$/, '')}.`;
  // libvips says "unsupported image format" of a header that it cannot make out.
  if (/not supported|unsupported(?! image format)|not implemented|unknown compression/i.test(reason)) {
    return new ModelDeckError('unsupported', summary, {
      remedy: `A variant that is not read here. ${readable}`,
      cause: error,
    });
  }
  return new ModelDeckError('invalid-input', summary, {
    remedy: `Open it in an image viewer: where it looks whole, export it again from there; else the file is damaged or cut off.`,
    cause: error,
  });
}

function textStart(bytes: Uint8Array): string {
  return decodeStart(bytes.subarray(0, 32)).replace(/\s+/g, ' ').replaceAll('\ufffd', '').trim();
}

function hexStart(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
