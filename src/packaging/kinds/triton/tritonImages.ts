import { minorOf } from '../onnxRuntimeVersions.ts';

/** The image that KServe 0.20 comes with. */
export const kserveTritonTag = '23.05';

/**
 * ONNX Runtime in the images of Triton, by their tags, oldest first: the first tag with each version. Read from `build.py` of
 * Triton's release branches, r21.12 to r26.08.
 */
const onnxRuntimes: readonly (readonly [tag: string, onnxRuntime: string])[] = [
  ['21.12', '1.10.0'],
  ['22.05', '1.11.1'],
  ['22.07', '1.12.0'],
  ['22.10', '1.13.1'],
  ['23.03', '1.14.1'],
  ['23.05', '1.15.0'],
  ['23.09', '1.16.0'],
  ['24.03', '1.17.2'],
  ['24.05', '1.18.0'],
  ['24.08', '1.19.0'],
  ['24.12', '1.20.1'],
  ['25.03', '1.21.0'],
  ['25.05', '1.22.0'],
  ['25.08', '1.23.0'],
  ['26.02', '1.24.1'],
  ['26.07', '1.27.0'],
  ['26.08', '1.28.0'],
];

/**
 * The version of ONNX Runtime in an image of Triton.
 * @param image with its tag, for example `nvcr.io/nvidia/tritonserver:23.05-py3`
 * @returns undefined for a tag that is not one of NVIDIA's, or is older than the table
 */
export function onnxRuntimeOf(image: string): string | undefined {
  const tag = tagOf(image);
  return tag === undefined ? undefined : onnxRuntimes.filter(([first]) => first <= tag).at(-1)?.[1];
}

/** The first tag whose ONNX Runtime is at least this one. @param version for example `1.18` */
export function firstTagWith(version: string): string | undefined {
  return onnxRuntimes.find(([, onnxRuntime]) => minorOf(onnxRuntime) >= minorOf(version))?.[0];
}

/** `23.05` of `…/tritonserver:23.05-py3`. */
function tagOf(image: string): string | undefined {
  return /:(\d\d\.\d\d)(-[\w.-]+)?(@.*)?$/.exec(image)?.[1];
}
