import { NotProtobuf, type Field, type Protobuf } from './protobuf.ts';

/** A tensor of a graph: an initializer, or the value of a constant. */
export interface OnnxTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** For example `float32`. */
  readonly type?: string;
  /** The numbers, where there are few: means, axes, sizes. */
  readonly values?: readonly number[];
  /** Where its bytes lie, if not in the file; `end` is the offset behind them. */
  readonly external?: { readonly location: string; readonly end: number };
}

/** Element types of onnx.proto's TensorProto.DataType by number. */
const elementTypes: readonly (string | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
];

/** Bytes of an element, of the types whose size is fixed. */
const elementSizes: Readonly<Record<string, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

/** Tensors with more numbers are weights. */
const mostValues = 64;

const tensor = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  externalData: 13,
} as const;

/** The name of an element type; undefined for one that is not told. */
export function elementType(number: number): string | undefined {
  return elementTypes[number] ?? (number > 16 ? `type ${number}` : undefined);
}

/** Reads a TensorProto; its numbers only where there are few. */
export async function readTensor(file: Protobuf, message: Field): Promise<OnnxTensor> {
  const dimensions: number[] = [];
  const data: Field[] = [];
  const external: Record<string, string> = {};
  let name = '';
  let type: string | undefined;
  for await (const field of file.fields(message)) {
    if (field.number === tensor.dims) dimensions.push(...(await file.integers(field)));
    else if (field.number === tensor.dataType) type = elementType(field.value);
    else if (field.number === tensor.name) name = await file.text(field);
    else if (field.number === tensor.externalData) await externalEntry(file, field, external);
    else if (data.length <= mostValues) data.push(field);
  }
  const count = dimensions.reduce((product, size) => product * size, 1);
  const facts = { name, dimensions, ...(type !== undefined && { type }) };
  if (external.location !== undefined) {
    const offset = Number(external.offset ?? 0);
    const length = Number(external.length ?? count * (elementSizes[type ?? ''] ?? 0));
    const end = offset + length;
    if (!Number.isFinite(end)) throw new NotProtobuf('a tensor of it lies nowhere');
    return { ...facts, external: { location: external.location, end } };
  }
  if (count > mostValues) return facts;
  const values: number[] = [];
  for (const field of data) values.push(...(await numbers(file, field, type)));
  return values.length === count ? { ...facts, values } : facts;
}

async function externalEntry(file: Protobuf, message: Field, entries: Record<string, string>): Promise<void> {
  let key = '';
  let value = '';
  for await (const field of file.fields(message)) {
    if (field.number === 1) key = await file.text(field);
    if (field.number === 2) value = await file.text(field);
  }
  if (['location', 'offset', 'length'].includes(key)) entries[key] = value;
}

async function numbers(file: Protobuf, field: Field, type: string | undefined): Promise<readonly number[]> {
  switch (field.number) {
    case tensor.floatData:
      return file.floats(field);
    case tensor.doubleData:
      return file.floats(field, true);
    case tensor.int32Data:
      return type === 'float16' ? (await file.integers(field)).map(halfToNumber) : file.integers(field);
    case tensor.int64Data:
      return file.integers(field);
    case tensor.rawData:
      return field.end - field.start > mostValues * 8 ? [] : rawNumbers(await file.bytes(field), type);
    default:
      return [];
  }
}

const readers: Readonly<Record<string, (bytes: Buffer, at: number) => number>> = {
  float32: (bytes, at) => bytes.readFloatLE(at),
  float64: (bytes, at) => bytes.readDoubleLE(at),
  float16: (bytes, at) => halfToNumber(bytes.readUInt16LE(at)),
  uint8: (bytes, at) => bytes.readUInt8(at),
  int8: (bytes, at) => bytes.readInt8(at),
  int32: (bytes, at) => bytes.readInt32LE(at),
  int64: (bytes, at) => Number(bytes.readBigInt64LE(at)),
};

function rawNumbers(bytes: Buffer, type = ''): readonly number[] {
  const read = readers[type];
  const size = elementSizes[type];
  if (read === undefined || size === undefined) return [];
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(bytes, index * size));
}

/** The 16 bits of a half-precision float as a number (IEEE 754 binary16). */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
