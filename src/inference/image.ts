/** Pixels of an image: R, G, B in turn, row by row, 8 bit each. `data.length` is `width * height * 3`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
