import type { Sharp } from 'sharp';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { withinPixelBudget } from './pixelBudget.ts';
import type { DecodedImage } from './rgbImage.ts';
import type { Endpoint } from '../endpoint.ts';
import { imageFromPixels } from './formats/sharpImage.ts';
import { openImage } from './openImage.ts';
import type { OpenImage } from './openImage.ts';

/** An image as it is sent. */
export interface PreparedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/jpeg' | 'image/png';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What was changed beyond the encoding or chosen, in sentences, for example that the image was scaled down. */
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
 * and the picture is not too large for it; what is an RGB JPEG or PNG already is sent byte by byte, and to our own server every JPEG and PNG of 8 bits, turned ones too. Images that do not fit the request limit are scaled down.
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
  const takesPng = endpoint.imageEncoding !== 'rgb-jpeg';
  const unchanged = endpoint.imageEncoding === 'original' ? image.whole : image.asItIs;
  if (bytes.length <= room && (unchanged === 'image/jpeg' || (unchanged === 'image/png' && takesPng))) {
    const checked = readAll(image);
    checked.catch(() => undefined);
    return { bytes, mediaType: unchanged, width: image.width, height: image.height, checked };
  }
  const decode = (): Promise<DecodedImage> => image.decode(task);
  const pixels = await withinPixelBudget(image.width * image.height, decode, task?.signal);
  const said = pixels.notes.length > 0 ? { note: pixels.notes.join(' ') } : {};
  if (takesPng && pixels.width * pixels.height <= maxPngPixels) {
    const png = await (await imageFromPixels(pixels)).png({ compressionLevel: 3 }).toBuffer();
    const { width, height } = pixels;
    if (png.length <= room) return { bytes: png, mediaType: 'image/png', width, height, ...said };
  }
  return encodeToFit(pixels, room, task);
}

/** Largest image that is sent as PNG where it was none, a turned JPEG too, in pixels: beyond it, compressing takes longer than the loss matters. */
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

async function readAll(image: OpenImage): Promise<void> {
  if (image.check) await image.check();
  else await image.decode();
}

async function encodeToFit(pixels: DecodedImage, room: number, task: Task | undefined): Promise<PreparedImage> {
  let { width, height } = pixels;
  while (Math.min(width, height) >= Math.min(minSide, pixels.width, pixels.height)) {
    throwIfCancelled(task);
    const isScaled = width !== pixels.width;
    const source = await imageFromPixels(pixels);
    const bytes = await toJpeg(isScaled ? source.resize(width, height, { fit: 'fill' }) : source);
    if (bytes.length <= room) {
      const scaled = `Scaled down from ${pixels.width} × ${pixels.height} to ${width} × ${height}: the runtime takes requests of at most ${Math.floor((room * 4) / 3)} bytes.`;
      const notes = [...pixels.notes, ...(isScaled ? [scaled] : [])];
      return { bytes, mediaType: 'image/jpeg', width, height, ...(notes.length > 0 && { note: notes.join(' ') }) };
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
