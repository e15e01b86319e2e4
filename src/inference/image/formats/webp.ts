import type { ImageFormat } from './imageFormat.ts';
import { openWithSharp } from './sharpImage.ts';
import { both, text } from './signatures.ts';

export const webp: ImageFormat = {
  name: 'WebP',
  matches: both(text(0, 'RIFF'), text(8, 'WEBP')),
  open: (bytes) => openWithSharp(bytes, { part: 'Frame' }),
};
