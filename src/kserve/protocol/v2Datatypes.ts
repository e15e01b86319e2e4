import { float16Value } from '../../foundation/float16.ts';
import { invalidRequest } from './inferenceRequest.ts';

/** The elements of a numeric tensor; of FP16 and BF16 the bits of each. */
export type TensorNumbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

interface NumericDatatype {
  readonly bytes: number;
  readonly of: (buffer: ArrayBuffer) => TensorNumbers;
  /** Missing for types that JSON cannot carry. */
  readonly parse?: (numbers: readonly number[]) => TensorNumbers;
}

const numeric: Readonly<Record<string, NumericDatatype>> = {
  BOOL: { bytes: 1, of: (buffer) => new Uint8Array(buffer), parse: (numbers) => Uint8Array.from(numbers) },
  UINT8: { bytes: 1, of: (buffer) => new Uint8Array(buffer), parse: (numbers) => Uint8Array.from(numbers) },
  UINT16: { bytes: 2, of: (buffer) => new Uint16Array(buffer), parse: (numbers) => Uint16Array.from(numbers) },
  UINT32: { bytes: 4, of: (buffer) => new Uint32Array(buffer), parse: (numbers) => Uint32Array.from(numbers) },
  UINT64: {
    bytes: 8,
    of: (buffer) => new BigUint64Array(buffer),
    parse: (numbers) => BigUint64Array.from(numbers, BigInt),
  },
  INT8: { bytes: 1, of: (buffer) => new Int8Array(buffer), parse: (numbers) => Int8Array.from(numbers) },
  INT16: { bytes: 2, of: (buffer) => new Int16Array(buffer), parse: (numbers) => Int16Array.from(numbers) },
  INT32: { bytes: 4, of: (buffer) => new Int32Array(buffer), parse: (numbers) => Int32Array.from(numbers) },
  INT64: {
    bytes: 8,
    of: (buffer) => new BigInt64Array(buffer),
    parse: (numbers) => BigInt64Array.from(numbers, BigInt),
  },
  FP16: { bytes: 2, of: (buffer) => new Uint16Array(buffer) },
  BF16: { bytes: 2, of: (buffer) => new Uint16Array(buffer) },
  FP32: { bytes: 4, of: (buffer) => new Float32Array(buffer), parse: (numbers) => Float32Array.from(numbers) },
  FP64: { bytes: 8, of: (buffer) => new Float64Array(buffer), parse: (numbers) => Float64Array.from(numbers) },
};

/** Whether V2 knows the name as a type of numbers. */
export function isNumericDatatype(name: string): boolean {
  return Object.hasOwn(numeric, name);
}

/**
 * A flat list of JSON numbers as a tensor's elements.
 * @throws ModelDeckError `invalid-input` in KServe's words for a type that JSON has no numbers for, or a number that is none of the type's
 */
export function numbersOfJson(numbers: readonly number[], datatype: string, input: string): TensorNumbers {
  const { parse } = numeric[datatype] ?? {};
  if (!parse) {
    throw invalidRequest(
      `Receiving ${datatype} data via JSON is not supported. Please use the binary data format for input ${input}`,
    );
  }
  if (!/^FP/.test(datatype) && !numbers.every(Number.isInteger)) {
    throw invalidRequest(`Expected "${input}" to hold whole numbers: it is ${datatype}`);
  }
  return parse(numbers);
}

/** @throws ModelDeckError `invalid-input` when the bytes are no whole number of elements */
export function numbersOfBytes(bytes: Uint8Array, datatype: string, input: string): TensorNumbers {
  const { bytes: size, of } = numeric[datatype] ?? {};
  if (!of || size === undefined || bytes.length % size !== 0) {
    throw invalidRequest(`The ${bytes.length} bytes of input "${input}" are no whole number of ${datatype} elements`);
  }
  // A copy: the elements must begin where their type may.
  return of(Uint8Array.from(bytes).buffer);
}

/** The elements as V2 writes them after the JSON: little-endian, as this machine has them. */
export function bytesOfNumbers(numbers: TensorNumbers): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The elements as numbers. */
export function plainNumbers(numbers: TensorNumbers, datatype: string): ArrayLike<number> {
  if (datatype === 'FP16') return Float64Array.from(numbers as Uint16Array, float16Value);
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) return Array.from(numbers, Number);
  return numbers;
}

/** BYTES after the JSON: each element with its length as 4 bytes, little-endian. @throws ModelDeckError `invalid-input` */
export function elementsOfBytes(bytes: Uint8Array, input: string): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Infinity;
    if (at + 4 + length > bytes.length) throw invalidRequest(`The bytes of input "${input}" end within an element`);
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return elements;
}

export function bytesOfElements(elements: readonly string[]): Uint8Array {
  return Buffer.concat(
    elements.flatMap((element) => {
      const content = Buffer.from(element);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(content.length);
      return [length, content];
    }),
  );
}
