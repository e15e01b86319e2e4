/** Pixels as models see them. */
export interface RgbImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes: R, G, B of each pixel, row by row from the top. */
  readonly data: Uint8Array;
}

/** What was decoded of a file. */
export interface DecodedImage extends RgbImage {
  /** One sentence each about what was chosen: which page was taken, how deeper values were brought into 8 bits. */
  readonly notes: readonly string[];
}
