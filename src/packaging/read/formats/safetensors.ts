import { isRecord } from '../../../foundation/json.ts';
import { CutOff } from './byteStream.ts';
import type { FileReader } from './fileReader.ts';
import type { NamedTensor } from './stateDicts.ts';

/** The format's own limit for its header, in bytes. */
const longestHeader = 100_000_000;

/** Types of safetensors, as PyTorch names them. */
const types: Readonly<Record<string, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

/**
 * The tensors of a safetensors file: eight bytes with the header's length, then its JSON, then the data.
 *
 * @returns undefined when it is something else
 * @throws CutOff when the data ends before the last tensor does
 */
export async function readSafetensors(reader: FileReader): Promise<readonly NamedTensor[] | undefined> {
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
  if (!isRecord(header)) return undefined;
  const tensors: NamedTensor[] = [];
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    if (!isRecord(entry)) return undefined;
    const { dtype, shape, data_offsets: offsets } = entry;
    const end: unknown = Array.isArray(offsets) ? offsets[1] : undefined;
    if (typeof end !== 'number' || typeof dtype !== 'string' || !isShape(shape)) return undefined;
    if (8 + length + end > reader.size) throw new CutOff();
    tensors.push({ key, shape, type: types[dtype] ?? dtype });
  }
  return tensors;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);
}
