import { CutOff } from './byteStream.ts';
import type { FileReader } from './fileReader.ts';

/** The format's own limit for its header, in bytes. */
const longestHeader = 100_000_000;

/**
 * The tensors of a safetensors file: eight bytes with the header's length, then its JSON, then the data.
 *
 * @returns the number of tensors; undefined when it is something else
 * @throws CutOff when the data ends before the last tensor does
 */
export async function countSafetensors(reader: FileReader): Promise<number | undefined> {
  if (reader.size < 10) return undefined;
  const length = Number((await reader.read(0, 8)).readBigUInt64LE());
  if (length < 2 || length > longestHeader) return undefined;
  if ((await reader.read(8, 1)).toString('latin1') !== '{') return undefined;
  if (8 + length > reader.size) throw new CutOff();
  let header: unknown;
  try {
    header = JSON.parse((await reader.read(8, length)).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null) return undefined;
  let count = 0;
  for (const [name, entry] of Object.entries(header) as [string, { data_offsets?: readonly unknown[] } | null][]) {
    if (name === '__metadata__') continue;
    const end = entry?.data_offsets?.[1];
    if (typeof end !== 'number') return undefined;
    if (8 + length + end > reader.size) throw new CutOff();
    count += 1;
  }
  return count;
}
