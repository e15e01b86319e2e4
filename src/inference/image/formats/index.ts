import { avif } from './avif.ts';
import { bmp } from './bmp.ts';
import { gif } from './gif.ts';
import type { ImageFormat } from './imageFormat.ts';
import { jpeg } from './jpeg.ts';
import { jpeg2000 } from './jpeg2000.ts';
import { netpbm } from './netpbm.ts';
import { png } from './png.ts';
import { tiff } from './tiff.ts';
import { webp } from './webp.ts';

/** The formats that are read; a new one is a file beside these and a line here. */
export const imageFormats: readonly ImageFormat[] = [jpeg, png, gif, webp, tiff, avif, bmp, jpeg2000, netpbm];
