import type { GeoTIFFImage } from 'geotiff';
import type { DecodedImage } from '../rgbImage.ts';
import { notRead } from './imageFormat.ts';
import type { ImageFormat, OpenedFile } from './imageFormat.ts';
import { upright } from './orientation.ts';
import { cmykToRgb, toRgb } from './samples.ts';
import type { Samples } from './samples.ts';
import { openWithSharp } from './sharpImage.ts';
import { at, either } from './signatures.ts';
import { photometric, readDirectory, samplesName } from './tiffDirectory.ts';
import type { Directory } from './tiffDirectory.ts';

/**
 * The first page. libvips reads what has 8 bits and lies together; it turns signed values and floats to black, takes YCbCr for
 * RGB and knows no tiles of separate planes, so that geotiff reads the rest.
 */
export const tiff: ImageFormat = {
  name: 'TIFF',
  matches: either(
    at(0, 0x49, 0x49, 0x2a, 0),
    at(0, 0x4d, 0x4d, 0, 0x2a),
    at(0, 0x49, 0x49, 0x2b, 0),
    at(0, 0x4d, 0x4d, 0, 0x2b),
  ),
  open: async (bytes) => {
    const { fromArrayBuffer } = await import('geotiff');
    const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
    const { buffer } = isWhole ? bytes : Uint8Array.from(bytes);
    const file = await fromArrayBuffer(buffer as ArrayBuffer);
    const image = await file.getImage(0);
    const directory = await readDirectory(image);
    if (directory.rawPhoto !== undefined) throw notRead(directory.rawPhoto);
    const packing = unreadCompressions[directory.compression];
    if (packing !== undefined) throw notRead(`a TIFF image with ${packing} compression`);
    const pages = await countPages(await file.getImageCount(), (index) => file.getImage(index));
    const { width, height } = directory;
    const notes = pages > 1 ? [`Page 1 of ${pages} was taken (${width} × ${height} pixels).`] : [];
    const opened = isForSharp(directory) ? await openWithSharp(bytes) : withGeotiff(image, directory);
    return {
      ...opened,
      decode: async (task) => {
        const decoded = await opened.decode(task);
        return { ...decoded, notes: [...notes, ...decoded.notes] };
      },
    };
  },
};

/** Pages but those that say that they are a smaller version of another, or its mask. */
async function countPages(count: number, page: (index: number) => Promise<GeoTIFFImage>): Promise<number> {
  let pages = 1;
  for (let index = 1; index < Math.min(count, mostLookedAt); index++) {
    if (!(await readDirectory(await page(index))).isReduced) pages++;
  }
  return count > mostLookedAt ? count : pages;
}

/** A stack may have thousands of pages; no pyramid has so many. */
const mostLookedAt = 64;

function isForSharp({
  bits,
  sampleFormat,
  photometric: meaning,
  channels,
  isTiledPlanar,
  compression,
}: Directory): boolean {
  if (bits > 8 || sampleFormat !== 1 || isTiledPlanar) return false;
  switch (meaning) {
    case photometric.whiteIsZero:
    case photometric.blackIsZero:
      return channels <= 2;
    case photometric.rgb:
    case photometric.cmyk:
      return channels <= 4;
    case photometric.yCbCr:
      return compression === jpegCompression;
    default:
      return true;
  }
}

const jpegCompression = 7;

/** What neither libvips in WebAssembly nor geotiff unpacks, by TIFF's numbers. */
const unreadCompressions: Readonly<Record<number, string>> = {
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

function withGeotiff(image: GeoTIFFImage, directory: Directory): OpenedFile {
  const { width, height } = directory;
  return {
    width,
    height,
    decode: async () => {
      if (directory.hasSubsampledColour) throw notRead('a TIFF image in YCbCr with subsampled colour');
      const data = (await image.readRasters({ interleave: true })) as unknown as Samples['data'];
      return upright(toPicture(data, directory), directory.orientation);
    },
  };
}

function toPicture(data: Samples['data'], directory: Directory): DecodedImage {
  const { width, height, channels, photometric: meaning, window } = directory;
  const samples = { width, height, data, channels, depth: samplesName(directory), ...(window && { window }) };
  const isInverted = meaning === photometric.whiteIsZero;
  switch (meaning) {
    case photometric.rgb:
      return toRgb({ ...samples, colour: [0, 1, 2] });
    case photometric.cmyk:
      return cmyk(samples);
    case photometric.yCbCr:
      return fromYCbCr(toRgb({ ...samples, colour: [0, 1, 2] }));
    default: {
      const picture = toRgb({ ...samples, colour: [0], isInverted });
      const extra = channels - directory.alphas;
      const notes = extra > 1 ? [`Channel 1 of ${extra} was taken, as grey.`] : [];
      return { ...picture, notes: [...notes, ...picture.notes] };
    }
  }
}

/** Ink is measured by the whole range of its type. */
function cmyk({ width, height, data, channels, depth }: Omit<Samples, 'colour'>): DecodedImage {
  const isDeep = !(data instanceof Uint8Array || data instanceof Uint8ClampedArray);
  if (isDeep && !(data instanceof Uint16Array)) throw notRead(`a TIFF image with ${depth} ink`);
  const ink = isDeep ? Uint8Array.from(data, (value) => value >> 8) : Uint8Array.from(data);
  const notes = isDeep
    ? [`${depth} values were brought into 8 bits: 0 to 65535, the whole range of ink, became 0 to 255.`]
    : [];
  return { width, height, data: cmykToRgb(ink, channels), notes };
}

/** ITU-R 601 in full range, as JPEG has it. */
function fromYCbCr(picture: DecodedImage): DecodedImage {
  const { data } = picture;
  const level = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
  for (let place = 0; place < data.length; place += 3) {
    const y = data[place] as number;
    const blue = (data[place + 1] as number) - 128;
    const red = (data[place + 2] as number) - 128;
    data[place] = level(y + 1.402 * red);
    data[place + 1] = level(y - 0.344136 * blue - 0.714136 * red);
    data[place + 2] = level(y + 1.772 * blue);
  }
  return picture;
}
