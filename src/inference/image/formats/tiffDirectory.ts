import type { GeoTIFFImage } from 'geotiff';
import type { Window } from './samples.ts';

/** What is asked of one page's directory. */
export interface Directory {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Of the channels, those that are transparency. */
  readonly alphas: number;
  /** Of each sample. */
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly sampleFormat: number;
  readonly photometric: number;
  readonly compression: number;
  /** 1 to 8, as EXIF counts. */
  readonly orientation: number;
  readonly isTiledPlanar: boolean;
  readonly hasSubsampledColour: boolean;
  /** Whether it is a smaller version of another page, or its mask. */
  readonly isReduced: boolean;
  /** Set where the file is a camera's own format that only begins as TIFF does. */
  readonly rawPhoto?: string;
  readonly window?: Window;
}

/** Meanings of samples, by TIFF's numbers. */
export const photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, cmyk: 5, yCbCr: 6 };

const tags = {
  newSubfileType: 254,
  compression: 259,
  photometric: 262,
  make: 271,
  orientation: 274,
  minSample: 280,
  maxSample: 281,
  planar: 284,
  tileWidth: 322,
  subDirectories: 330,
  extraSamples: 338,
  sMinSample: 340,
  sMaxSample: 341,
  subsampling: 530,
  dngVersion: 50706,
};

export async function readDirectory(image: GeoTIFFImage): Promise<Directory> {
  const directory = image.fileDirectory;
  const read = async (tag: number): Promise<readonly number[]> => {
    if (!directory.hasTag(tag)) return [];
    const value: unknown = await directory.loadValue(tag);
    if (typeof value === 'number') return [value];
    return typeof value === 'object' && value !== null ? Array.from(value as ArrayLike<number>) : [];
  };
  const first = async (tag: number, usual: number): Promise<number> => (await read(tag))[0] ?? usual;
  const reduced = (await first(tags.newSubfileType, 0)) & 5;
  const extra = await read(tags.extraSamples);
  const meaning = await first(tags.photometric, photometric.blackIsZero);
  const has = (tag: number): boolean => directory.hasTag(tag);
  const isRaw = has(tags.dngVersion) || (reduced !== 0 && has(tags.subDirectories) && has(tags.make));
  const window =
    windowOf(await read(tags.sMinSample), await read(tags.sMaxSample)) ??
    windowOf(await read(tags.minSample), await read(tags.maxSample));
  return {
    width: image.getWidth(),
    height: image.getHeight(),
    channels: image.getSamplesPerPixel(),
    alphas: extra.filter((kind) => kind === 1 || kind === 2).length,
    bits: image.getBitsPerSample(),
    sampleFormat: image.getSampleFormat() || 1,
    photometric: meaning,
    compression: await first(tags.compression, 1),
    orientation: await first(tags.orientation, 1),
    isTiledPlanar: (await first(tags.planar, 1)) === 2 && has(tags.tileWidth),
    // The standard's default is two by two; whoever writes neither tag nor subsampling means none.
    hasSubsampledColour: meaning === photometric.yCbCr && (await read(tags.subsampling)).some((step) => step !== 1),
    isReduced: reduced !== 0,
    ...(isRaw && { rawPhoto: has(tags.dngVersion) ? "a camera's raw photo (DNG)" : "a camera's raw photo" }),
    ...(window && { window }),
  };
}

/** The lowest and highest value that the file names, over all channels. */
function windowOf(lows: readonly number[], highs: readonly number[]): Window | undefined {
  const low = Math.min(...lows);
  const high = Math.max(...highs);
  return Number.isFinite(low) && Number.isFinite(high) && low < high ? { low, high } : undefined;
}

/** For a note: `16-bit`, `signed 16-bit`, `32-bit floating point`. */
export function samplesName({ bits, sampleFormat }: Directory): string {
  if (sampleFormat === 3) return `${bits}-bit floating point`;
  return sampleFormat === 2 ? `signed ${bits}-bit` : `${bits}-bit`;
}
