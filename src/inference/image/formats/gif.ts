import type { ImageFormat } from './imageFormat.ts';
import { openWithSharp } from './sharpImage.ts';
import { either, text } from './signatures.ts';

/** The first frame; transparent pixels are black. */
export const gif: ImageFormat = {
  name: 'GIF',
  matches: either(text(0, 'GIF87a'), text(0, 'GIF89a')),
  open: (bytes) => openWithSharp(bytes, { part: 'Frame' }),
};
