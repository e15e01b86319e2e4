import type { ImageFormat } from './imageFormat.ts';
import { openWithSharp } from './sharpImage.ts';
import { both, either, text } from './signatures.ts';

/** Some encoders name the general container first and AVIF among the compatible brands. */
const compatible = either(...[16, 20, 24, 28, 32].map((offset) => text(offset, 'avif')));

export const avif: ImageFormat = {
  name: 'AVIF',
  matches: either(
    text(4, 'ftypavif'),
    text(4, 'ftypavis'),
    both(either(text(4, 'ftypmif1'), text(4, 'ftypmiaf')), compatible),
  ),
  open: (bytes) => openWithSharp(bytes, { part: 'Picture' }),
};
