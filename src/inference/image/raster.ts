/** 8-bit pixels with one channel (grey) or three. */
export interface Raster {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** `width * height * channels` bytes, row by row from the top. */
  readonly data: Uint8Array;
}

/** A rectangle of an image, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
