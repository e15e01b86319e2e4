import type sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { ModelDeckError } from '../../../foundation/error.ts';
import { throwIfCancelled } from '../../../foundation/task.ts';
import type { Region } from '../raster.ts';
import type { DecodedImage, RgbImage } from '../rgbImage.ts';
import type { OpenedFile } from './imageFormat.ts';
import { upright, xmpOrientation } from './orientation.ts';
import { cmykToRgb, toRgb } from './samples.ts';

/** Largest image that is decoded, in pixels: 300 MB as RGB. */
export const maxPixels = 100_000_000;

export interface SharpOptions {
  /** The type to send a file as that is 8-bit RGB and upright. */
  readonly mediaType?: 'image/jpeg' | 'image/png';
  /** What a file may have several of, and how many there are where sharp does not know. */
  readonly part?: 'Frame' | 'Picture';
  readonly parts?: number;
  /** Where the format's own reading found an orientation that sharp does not see. */
  readonly orientation?: number;
}

/** A file that sharp (libvips) reads: first part, colour profile ignored as Pillow ignores it. */
export async function openWithSharp(bytes: Uint8Array, options: SharpOptions = {}): Promise<OpenedFile> {
  const open = await loadSharp();
  // The limit is checked by whoever opens, in our words, before any pixel is decoded; sharp's own stays behind it.
  const metadata = await open(bytes, { limitInputPixels: false }).metadata();
  const pipeline = (): Sharp =>
    open(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true }).autoOrient();
  const { width, height } = metadata;
  const turn = turnBesideExif(metadata, options);
  const notes = notesOn(metadata, options);
  // What a part of it can be had of, and sent as it is: nothing turned, nothing chosen.
  const isRgb = metadata.space === 'srgb' && metadata.channels === 3 && metadata.depth === 'uchar';
  const isUnchanged = (metadata.orientation ?? 1) === 1 && turn === 1 && notes.length === 0;
  const isPlain = isRgb && isUnchanged;
  const hasParts = isUnchanged && !isDeep(metadata) && metadata.space !== 'cmyk';
  return {
    width,
    height,
    ...(isPlain && !metadata.isPalette && options.mediaType && { asItIs: options.mediaType }),
    ...(notes.length === 0 && !isDeep(metadata) && options.mediaType && { whole: options.mediaType }),
    decode: async (task) => {
      throwIfCancelled(task);
      const image = await readPixels(pipeline(), metadata);
      return { ...upright(image, turn), notes: [...notes, ...image.notes] };
    },
    ...(hasParts && { part: (region: Region) => readPart(pipeline(), region) }),
    check: async () => {
      // At an eighth of the size, which still reads every byte: a cut-off file must be named here, not in the cluster.
      const eighth = Math.max(1, Math.round(width / 8));
      await pipeline().resize({ width: eighth, kernel: 'nearest' }).raw().toBuffer();
    },
    // Deep pictures are shown as they are prepared, and sharp knows but one way of turning.
    ...(turn === 1 && !isDeep(metadata) && { thumbnail: (size: number) => small(pipeline(), metadata, size) }),
  };
}

/** The orientation that sharp does not see itself; EXIF's, which it does, comes first. */
function turnBesideExif({ orientation, xmp }: Metadata, options: SharpOptions): number {
  return orientation !== undefined ? 1 : (options.orientation ?? xmpOrientation(xmp) ?? 1);
}

function notesOn({ pages }: Metadata, { part, parts = pages ?? 1 }: SharpOptions): readonly string[] {
  return part !== undefined && parts > 1 ? [`${part} 1 of ${parts} was taken.`] : [];
}

function isDeep({ depth }: Metadata): boolean {
  return depth !== 'uchar';
}

async function readPixels(pipeline: Sharp, metadata: Metadata): Promise<DecodedImage> {
  if (metadata.space === 'cmyk') {
    const ink = await raw(pipeline.pipelineColourspace('cmyk').toColourspace('cmyk'), 'uchar');
    return { width: ink.width, height: ink.height, data: cmykToRgb(ink.bytes, ink.channels), notes: [] };
  }
  const isGrey = metadata.space === 'grey16';
  if (metadata.depth !== 'ushort' || !(isGrey || metadata.space === 'rgb16')) {
    const { bytes, width, height } = await raw(pipeline.removeAlpha().toColourspace('srgb'), 'uchar');
    return { width, height, data: bytes, notes: [] };
  }
  const deep = await raw(pipeline.removeAlpha().toColourspace(metadata.space), 'ushort');
  const data = new Uint16Array(deep.bytes.buffer, deep.bytes.byteOffset, deep.bytes.length / 2);
  const colour = isGrey ? ([0] as const) : ([0, 1, 2] as const);
  return toRgb({ width: deep.width, height: deep.height, data, channels: deep.channels, colour, depth: '16-bit' });
}

async function readPart(pipeline: Sharp, region: Region): Promise<Uint8Array> {
  return (await raw(pipeline.extract(region).removeAlpha().toColourspace('srgb'), 'uchar')).bytes;
}

async function raw(
  pipeline: Sharp,
  depth: 'uchar' | 'ushort',
): Promise<{ bytes: Buffer; width: number; height: number; channels: number }> {
  const { data, info } = await pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height, channels: info.channels };
}

async function small(
  pipeline: Sharp,
  metadata: Metadata,
  size: number,
): Promise<{ readonly bytes: Uint8Array; readonly type: 'png' | 'jpeg' }> {
  const type = metadata.hasAlpha ? 'png' : 'jpeg';
  const resized = pipeline.resize({ width: size, height: size, fit: 'inside' }).toColourspace('srgb');
  return { bytes: await resized.toFormat(type).toBuffer(), type };
}

/** A pipeline that starts from decoded pixels: three channels, or one. */
export async function imageFromPixels({ width, height, data }: RgbImage, channels: 1 | 3 = 3): Promise<Sharp> {
  return (await loadSharp())(data, { raw: { width, height, channels } });
}

/** Loaded on first use: neither native sharp nor its WebAssembly build is wanted before there is an image. */
export async function loadSharp(): Promise<typeof sharp> {
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
