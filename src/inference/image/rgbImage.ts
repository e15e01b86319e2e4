/** Pixels as models see them. */
export interface RgbImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes: R, G, B of each pixel, row by row from the top. */
  readonly data: Uint8Array;
}
