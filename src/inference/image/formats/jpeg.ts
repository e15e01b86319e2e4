import { notRead } from './imageFormat.ts';
import type { ImageFormat } from './imageFormat.ts';
import { openWithSharp } from './sharpImage.ts';
import { at } from './signatures.ts';

export const jpeg: ImageFormat = {
  name: 'JPEG',
  matches: at(0, 0xff, 0xd8, 0xff),
  open: async (bytes) => {
    const kind = unreadKind(bytes);
    if (kind !== undefined) throw notRead(kind);
    return openWithSharp(bytes, { mediaType: 'image/jpeg' });
  },
};

/** Reads the frame header: 8-bit baseline and progressive JPEGs are what libjpeg is built for. */
function unreadKind(bytes: Uint8Array): string | undefined {
  let place = 2;
  while (place + 4 < bytes.length && bytes[place] === 0xff) {
    const marker = bytes[place + 1] as number;
    if (marker === 0xff) {
      place++;
      continue;
    }
    if (marker === 0xf7) return 'a JPEG-LS image';
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if ([0xc3, 0xc7, 0xcb, 0xcf].includes(marker)) return 'a lossless JPEG image';
      const precision = bytes[place + 4] as number;
      return precision === 8 ? undefined : `a ${precision}-bit JPEG image`;
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    place += standsAlone ? 2 : 2 + (((bytes[place + 2] as number) << 8) | (bytes[place + 3] as number));
  }
  return undefined;
}
