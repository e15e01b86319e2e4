import { ModelDeckError } from '../../foundation/error.ts';
import { roundHalfToEven } from '../../foundation/rounding.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { channelsOf } from '../../contract/modelContract.ts';
import type { ImageInput, ValueRange } from '../../contract/modelContract.ts';
import { float16Bits } from '../../foundation/float16.ts';
import { openImage } from './openImage.ts';
import type { Raster } from './raster.ts';
import type { RgbImage } from './rgbImage.ts';
import { seen, seenInFile } from './seen.ts';

/** The numbers of a tensor by its type; `float16` as the bits of each number. */
export interface TensorNumbers {
  readonly float32: Float32Array;
  readonly float16: Uint16Array;
  readonly uint8: Uint8Array;
}

/**
 * The model's input tensor for one picture, bit by bit what Pillow and numpy make of it in the generated Python
 * (`src/contract/preprocessingPython.ts`).
 * @returns channels × height × width numbers: planes for NCHW, interleaved for NHWC; the batch dimension is the caller's
 * @throws ModelDeckError `invalid-input` when a size or a divisor of the contract cannot be
 */
export function preprocess<Type extends ImageInput['type']>(
  image: RgbImage,
  input: ImageInput & { readonly type: Type },
): TensorNumbers[Type] {
  const levels = levelsOf(input);
  return toTensor(seen(image, input), levels, input);
}

/**
 * The same of a picture file, with the notes that `decodeImage` gives, and the pixels that the tensor is made of; of a large
 * file only what is needed is decoded.
 * @throws ModelDeckError as `decodeImage` does, and as {@link preprocess}
 */
export async function preprocessFile<Type extends ImageInput['type']>(
  bytes: Uint8Array,
  input: ImageInput & { readonly type: Type },
  task?: Task,
): Promise<{ readonly tensor: TensorNumbers[Type]; readonly raster: Raster; readonly notes: readonly string[] }> {
  throwIfCancelled(task);
  const levels = levelsOf(input);
  const { raster, notes } = await seenInFile(await openImage(bytes), input, task);
  return { tensor: toTensor(raster, levels, input), raster, notes };
}

function toTensor<Type extends ImageInput['type']>(
  { data: pixels }: Raster,
  levels: readonly Numbers[],
  input: ImageInput & { readonly type: Type },
): TensorNumbers[Type] {
  const tensor = numbers(input.type, pixels.length);
  const channels = channelsOf(input.colour);
  const area = pixels.length / channels;
  const planes = input.layout === 'NCHW';
  for (let channel = 0; channel < channels; channel++) {
    const level = levels[channel] as Numbers;
    let from = input.colour === 'bgr' ? 2 - channel : channel;
    let to = planes ? channel * area : channel;
    const step = planes ? 1 : channels;
    for (let place = 0; place < area; place++) {
      tensor[to] = level[pixels[from] as number] as number;
      from += channels;
      to += step;
    }
  }
  return tensor as TensorNumbers[Type];
}

type Numbers = Float32Array | Uint16Array | Uint8Array;

function numbers(type: ImageInput['type'], length: number): Numbers {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'float16':
      return new Uint16Array(length);
    case 'uint8':
      return new Uint8Array(length);
  }
}

/** What each 8-bit value becomes in each channel, rounded to float32 after every step as numpy does. */
function levelsOf(input: ImageInput): Numbers[] {
  return Array.from({ length: channelsOf(input.colour) }, (_, channel) => {
    const mean = perChannel(input, 'mean', channel);
    const std = perChannel(input, 'std', channel);
    if (std === 0) throw new ModelDeckError('invalid-input', 'input.std must not be 0.');
    const levels = numbers(input.type, 256);
    for (let level = 0; level < 256; level++) {
      const value = Math.fround(Math.fround(inRange(level, input.range) - mean) / std);
      levels[level] = inType(value, input.type);
    }
    return levels;
  });
}

function perChannel(input: ImageInput, field: 'mean' | 'std', channel: number): number {
  const values = input[field];
  const channels = channelsOf(input.colour);
  const value = Math.fround((values.length === 1 ? values[0] : values[channel]) ?? Number.NaN);
  const isComplete = values.length === 1 || values.length === channels;
  if (isComplete && Number.isFinite(value)) return value;
  const wanted = channels === 1 ? 'one number' : 'three numbers';
  throw new ModelDeckError('invalid-input', `input.${field} is [${values.join(', ')}], not ${wanted}.`);
}

function inRange(level: number, range: ValueRange): number {
  switch (range) {
    case '0..1':
      return Math.fround(level / 255);
    case '0..255':
      return level;
    case '-1..1':
      return Math.fround(Math.fround(level / 127.5) - 1);
  }
}

function inType(value: number, type: ImageInput['type']): number {
  switch (type) {
    case 'float32':
      return value;
    case 'float16':
      return float16Bits(value);
    case 'uint8':
      return Math.min(255, Math.max(0, roundHalfToEven(value)));
  }
}
