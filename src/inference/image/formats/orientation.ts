import type { Raster } from '../raster.ts';

/** The orientation (1 to 8) of an XMP packet; undefined where it says none. */
export function xmpOrientation(packet: Uint8Array | undefined): number | undefined {
  if (packet === undefined) return undefined;
  const found = /tiff:Orientation(?:="|>)\s*([1-8])/.exec(Buffer.from(packet).toString('utf8'));
  return found ? Number(found[1]) : undefined;
}

/** The orientation (1 to 8) of an EXIF block, which is a small TIFF, with or without `Exif\0\0` before it. */
export function exifOrientation(block: Uint8Array): number | undefined {
  const whole = Buffer.from(block);
  const exif = whole.toString('latin1', 0, 6) === 'Exif\0\0' ? whole.subarray(6) : whole;
  const little = exif.toString('latin1', 0, 2) === 'II';
  if (!little && exif.toString('latin1', 0, 2) !== 'MM') return undefined;
  const short = (place: number): number => (little ? exif.readUInt16LE(place) : exif.readUInt16BE(place));
  const first = little ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  const count = short(first);
  for (let index = 0; index < count; index++) {
    const entry = first + 2 + index * 12;
    if (short(entry) !== 0x0112) continue;
    const value = short(entry + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** The picture as it is to be looked at, by the number that EXIF gives to the way it is stored. */
export function upright<Image extends Pick<Raster, 'width' | 'height' | 'data'>>(
  image: Image,
  orientation: number,
): Image {
  if (orientation <= 1 || orientation > 8) return image;
  const channels = image.data.length / (image.width * image.height);
  const isTurned = orientation >= 5;
  const width = isTurned ? image.height : image.width;
  const height = isTurned ? image.width : image.height;
  const data = new Uint8Array(image.data.length);
  // 2 3 7 8 mirror across what is the horizontal here, 3 4 6 7 the vertical of the stored picture.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = isTurned ? y : x;
      const down = isTurned ? x : y;
      const column = fromRight ? image.width - 1 - across : across;
      const row = fromBottom ? image.height - 1 - down : down;
      let from = (row * image.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = image.data[from++] as number;
    }
  }
  return { ...image, width, height, data };
}
