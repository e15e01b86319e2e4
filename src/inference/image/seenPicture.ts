import type { ImageInput } from '../../contract/modelContract.ts';
import { float16Value } from '../../foundation/float16.ts';
import { preprocessFile } from './preprocess.ts';
import { sees } from './sees.ts';

/**
 * What the model sees of a file, for a page.
 * @returns `url`: a `data:` URL of a PNG; `notes`: one sentence each about how the file was read, and about the tensor
 * @throws ModelDeckError as `preprocessFile` does
 */
export async function seenPicture(
  bytes: Uint8Array,
  input: ImageInput,
): Promise<{ readonly url: string; readonly notes: readonly string[] }> {
  const { tensor: numbers, raster, notes } = await preprocessFile(bytes, input);
  const png = Buffer.from(await sees(raster, input.colour));
  const values = numbers instanceof Uint16Array ? Float64Array.from(numbers, float16Value) : numbers;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const tensor = `${input.type}, ${input.layout}, ${input.width} × ${input.height} pixels`;
  const colours = input.colour === 'bgr' ? [exchangedNote] : [];
  const note = `The tensor is ${tensor}; its values reach from ${shown(low)} to ${shown(high)}.`;
  return { url: `data:image/png;base64,${png.toString('base64')}`, notes: [...notes, ...colours, note] };
}

const exchangedNote = 'Red and blue are exchanged in this picture, as in the tensor: the model takes BGR.';

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
