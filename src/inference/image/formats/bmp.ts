import type { ImageFormat } from './imageFormat.ts';
import { both, looksLikeText, text } from './signatures.ts';
import { toRgb } from './samples.ts';

/** Windows bitmaps, read by bmp-ts; their transparency is not used, as Pillow does not. */
export const bmp: ImageFormat = {
  name: 'BMP',
  matches: both(text(0, 'BM'), (bytes) => !looksLikeText(bytes)),
  open: (bytes) => {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isOldHeader = file.readUInt32LE(14) === 12;
    const width = isOldHeader ? file.readUInt16LE(18) : file.readInt32LE(18);
    const height = isOldHeader ? file.readUInt16LE(20) : Math.abs(file.readInt32LE(22));
    if (width <= 0 || height <= 0) throw new Error(`its header says ${width} × ${height} pixels`);
    return Promise.resolve({
      width,
      height,
      decode: async () => {
        const { decode } = await import('bmp-ts');
        // Alpha, blue, green, red: its own order, since `toRGBA` does not change that of pictures with a palette.
        const { data } = decode(file);
        if (data.length < width * height * 4) throw new Error('it ends before its last pixel');
        return toRgb({ width, height, data, channels: 4, colour: [3, 2, 1], depth: '8-bit' });
      },
    });
  },
};
