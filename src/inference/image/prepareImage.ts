import type { Sharp } from 'sharp';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { decodeImage } from './decodeImage.ts';
import type { RgbImage } from './rgbImage.ts';
import type { Endpoint } from '../endpoint.ts';
import { imageFromPixels, openImage } from './openImage.ts';
import type { OpenImage } from './openImage.ts';

/** An image as it is sent. */
export interface PreparedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/jpeg' | 'image/png';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** One sentence about what was changed beyond the encoding, for example that the image was scaled down. */
  readonly note?: string;
  /**
   * Where the original is sent: rejects as `decodeImage` does when its pixels are damaged. Reading them all takes
   * milliseconds, in which the request can be under way already; an answer counts only after it. Never goes unhandled.
   */
  readonly checked?: Promise<void>;
}

/**
 * Brings an image into the form that the endpoint's runtime takes. TorchServe's handlers fail on anything but three
 * channels, so everything becomes an RGB JPEG (quality 95, no chroma subsampling), or a PNG where the runtime takes one
 * and the original had no loss; what is an RGB JPEG or PNG already is sent byte by byte. Images that do not fit the request limit are scaled down.
 * @throws ModelDeckError as `decodeImage` does, or `invalid-input` when the limit leaves no room for any image
 */
export async function prepareImage(
  bytes: Uint8Array,
  endpoint: Pick<Endpoint, 'imageEncoding' | 'maxRequestBytes'>,
  task?: Task,
): Promise<PreparedImage> {
  throwIfCancelled(task);
  const room = imageRoom(endpoint.maxRequestBytes);
  const image = await openImage(bytes);
  const takesPng = endpoint.imageEncoding === 'rgb-jpeg-or-png';
  if (bytes.length <= room && isTakenAsItIs(image, takesPng)) {
    const checked = checkPixels(image);
    checked.catch(() => undefined);
    const mediaType = image.format === 'png' ? 'image/png' : 'image/jpeg';
    return { bytes, mediaType, width: image.metadata.width, height: image.metadata.height, checked };
  }
  const pixels = await decodeImage(bytes, task);
  if (takesPng && image.format !== 'jpeg' && pixels.width * pixels.height <= maxPngPixels) {
    const png = await (await imageFromPixels(pixels)).png({ compressionLevel: 3 }).toBuffer();
    if (png.length <= room) return { bytes: png, mediaType: 'image/png', width: pixels.width, height: pixels.height };
  }
  return encodeToFit(pixels, room, task);
}

/** Largest image that is sent as PNG where it was none, in pixels: beyond it, compressing takes longer than the loss matters. */
const maxPngPixels = 4_000_000;
/** The request around the base64 text: ids, names, brackets. */
const envelopeBytes = 512;
/** Smallest shorter side that is worth classifying, in pixels. */
const minSide = 32;

/** The most image bytes whose base64 text fits into a request. */
function imageRoom(maxRequestBytes: number): number {
  const room = Math.floor((maxRequestBytes - envelopeBytes) / 4) * 3;
  if (room > 0) return room;
  throw new ModelDeckError(
    'invalid-input',
    `The endpoint's request limit of ${maxRequestBytes} bytes leaves no room for an image.`,
  );
}

function isTakenAsItIs({ format, metadata }: OpenImage, takesPng: boolean): boolean {
  const isUpright = (metadata.orientation ?? 1) === 1;
  const isRgb = metadata.space === 'srgb' && metadata.channels === 3 && metadata.depth === 'uchar';
  const isTaken = format === 'jpeg' || (format === 'png' && takesPng && !metadata.isPalette);
  return isUpright && isRgb && isTaken;
}

/** Decodes at an eighth of the size, which still reads every byte: a cut-off file must be named here, not in the cluster. */
async function checkPixels(image: OpenImage): Promise<void> {
  const width = Math.max(1, Math.round(image.metadata.width / 8));
  await image
    .pipeline()
    .resize({ width, kernel: 'nearest' })
    .raw()
    .toBuffer()
    .catch((error: unknown) => {
      throw image.decodeError(error);
    });
}

async function encodeToFit(pixels: RgbImage, room: number, task: Task | undefined): Promise<PreparedImage> {
  let { width, height } = pixels;
  while (Math.min(width, height) >= Math.min(minSide, pixels.width, pixels.height)) {
    throwIfCancelled(task);
    const isScaled = width !== pixels.width;
    const source = await imageFromPixels(pixels);
    const bytes = await toJpeg(isScaled ? source.resize(width, height, { fit: 'fill' }) : source);
    if (bytes.length <= room) {
      const note = `Scaled down from ${pixels.width} × ${pixels.height} to ${width} × ${height}: the runtime takes requests of at most ${Math.floor((room * 4) / 3)} bytes.`;
      return { bytes, mediaType: 'image/jpeg', width, height, ...(isScaled && { note }) };
    }
    // The size falls a little slower than the number of pixels, so each step goes a little further than the ratio.
    const step = Math.min(0.95, Math.sqrt(room / bytes.length) * 0.97);
    width = Math.floor(width * step);
    height = Math.max(1, Math.round((width * pixels.height) / pixels.width));
  }
  throw new ModelDeckError(
    'invalid-input',
    `The image does not fit the endpoint's request limit, however small it is made.`,
    {
      remedy: "Raise max_request_size in the model server's config.properties.",
    },
  );
}

function toJpeg(image: Sharp): Promise<Uint8Array> {
  return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}
