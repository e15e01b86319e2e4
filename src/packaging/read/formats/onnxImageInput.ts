import type { TensorInfo } from '../detection.ts';

/** How a graph takes an image: [N, 3, H, W] or [N, H, W, 3]. A size that the graph leaves open is undefined. */
export interface ImageInput {
  readonly layout: 'NCHW' | 'NHWC';
  readonly height?: number;
  readonly width?: number;
}

/** Reads the layout off a shape; undefined when it is not that of a colour image. */
export function imageInput({ shape }: TensorInfo): ImageInput | undefined {
  if (shape.length !== 4) return undefined;
  const [, first, second, third] = shape;
  // Where both could be: three rows of an image are less likely than three channels at their usual place.
  if (first === 3) return { layout: 'NCHW', ...sides(second, third) };
  if (third === 3) return { layout: 'NHWC', ...sides(first, second) };
  return undefined;
}

/** Number of classes, from an output [N, classes] with any dimensions of 1 behind; undefined when it is not told. */
export function classCount({ shape }: TensorInfo): number | undefined {
  const sizes = shape.length > 1 ? shape.slice(1) : shape;
  const several = sizes.filter((size) => size !== 1);
  const [count] = several;
  return several.length === 1 && typeof count === 'number' && count > 0 ? count : undefined;
}

function sides(height: number | string | undefined, width: number | string | undefined): Omit<ImageInput, 'layout'> {
  return {
    ...(typeof height === 'number' && height > 0 && { height }),
    ...(typeof width === 'number' && width > 0 && { width }),
  };
}
