import { isRecord, own, type JsonObject } from '../../foundation/json.ts';
import { flatNumbers, invalidRequest, parseRequestBody } from './inferenceRequest.ts';
import {
  elementsOfBytes,
  isNumericDatatype,
  numbersOfBytes,
  numbersOfJson,
  type TensorNumbers,
} from './v2Datatypes.ts';

/** What a server reads out of a V2 request. */
export interface V2Request {
  /** Missing when the client gave none. */
  readonly id?: string;
  readonly inputs: readonly V2Input[];
  /** The outputs that are wanted; all when the list is empty. */
  readonly outputs: readonly WantedOutput[];
  /** Whether outputs come as bytes after the JSON, where an output does not say it for itself. */
  readonly isBinary: boolean;
}

export type V2Input = V2Numbers | V2Bytes;

export interface V2Numbers {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: TensorNumbers;
}

export interface V2Bytes {
  readonly name: string;
  readonly datatype: 'BYTES';
  readonly shape: readonly number[];
  /** Texts out of JSON, bytes out of what follows it. */
  readonly data: readonly (string | Uint8Array)[];
}

export interface WantedOutput {
  readonly name: string;
  readonly isBinary?: boolean;
  /** Triton's classification extension: so many of the largest values, as `value:index:label`. */
  readonly classes?: number;
}

/**
 * Reads a V2 request.
 * @param body JSON, and after it the bytes of those inputs that have a `binary_data_size`
 * @param jsonLength the header Inference-Header-Content-Length; the whole body when there is none
 * @throws ModelDeckError `invalid-input`; the server answers 400 with its words
 */
export function parseV2Request(body: string | Uint8Array, jsonLength?: number): V2Request {
  const bytes =
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const length = jsonLength ?? bytes.length;
  if (!Number.isSafeInteger(length) || length < 0 || length > bytes.length) {
    throw invalidRequest(`Inference-Header-Content-Length is ${length}, and the body has ${bytes.length} bytes`);
  }
  const request = parseRequestBody(bytes.toString('utf8', 0, length));
  const inputs = isRecord(request) ? own(request, 'inputs') : undefined;
  if (!isRecord(request) || inputs === undefined) throw invalidRequest('Expected key "inputs" in request body');
  if (!Array.isArray(inputs)) throw invalidRequest('Expected "inputs" to be a list');
  if (inputs.length === 0) throw invalidRequest('Expected "inputs" to hold at least one input');
  const id = own(request, 'id');
  if (id !== undefined && id !== null && typeof id !== 'string') throw invalidRequest('Expected "id" to be a string');
  const rest = new RawBytes(bytes.subarray(length));
  const read = inputs.map((input: unknown, index) => readInput(input, `inputs[${index}]`, rest));
  rest.end();
  return {
    ...(typeof id === 'string' && id.trim() !== '' && { id }),
    inputs: read,
    outputs: readOutputs(own(request, 'outputs')),
    isBinary: parameter(request, 'binary_data_output') === true,
  };
}

/** The bytes after the JSON, taken in the order of the inputs. */
class RawBytes {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  take(size: unknown, where: string): Uint8Array {
    if (!Number.isSafeInteger(size) || (size as number) < 0 || this.at + (size as number) > this.bytes.length) {
      throw invalidRequest(
        `"${where}.parameters.binary_data_size" is ${String(JSON.stringify(size))}, and ${this.bytes.length - this.at} bytes are left`,
      );
    }
    const from = this.at;
    this.at += size as number;
    return this.bytes.subarray(from, this.at);
  }

  end(): void {
    const left = this.bytes.length - this.at;
    if (left > 0) throw invalidRequest(`${left} bytes after the JSON belong to no input`);
  }
}

function readInput(input: unknown, where: string, rest: RawBytes): V2Input {
  if (!isRecord(input)) throw invalidRequest(`Expected "${where}" to be an object`);
  const name = own(input, 'name');
  const shape = own(input, 'shape');
  const datatype = own(input, 'datatype');
  const size = parameter(input, 'binary_data_size');
  if (typeof name !== 'string') throw invalidRequest(`Expected "${where}.name" to be a string`);
  if (!isShape(shape))
    throw invalidRequest(`Expected "${where}.shape" to be a list of integers: value is not a valid list`);
  if (typeof datatype !== 'string' || (datatype !== 'BYTES' && !isNumericDatatype(datatype))) {
    throw invalidRequest(`Unknown "${where}.datatype": ${String(JSON.stringify(datatype)).slice(0, 40)}`);
  }
  if (size !== undefined) {
    const bytes = rest.take(size, where);
    if (datatype === 'BYTES') return { name, datatype, shape, data: elementsOfBytes(bytes, name) };
    const data = numbersOfBytes(bytes, datatype, name);
    return { name, datatype, shape: filled(shape, data.length, where), data };
  }
  const data = own(input, 'data');
  if (!Array.isArray(data)) throw invalidRequest(`Expected "${where}.data" to be a list: value is not a valid list`);
  if (datatype === 'BYTES') return { name, datatype, shape, data: texts(data as unknown[], where) };
  const numbers = flatNumbers(data as unknown[], `${where}.data`);
  const filledShape = filled(shape, numbers.length, where);
  return { name, datatype, shape: filledShape, data: numbersOfJson(numbers, datatype, name) };
}

function texts(data: readonly unknown[], where: string): string[] {
  const flat = data.flat(4);
  if (flat.length === 0 || !flat.every((element) => typeof element === 'string')) {
    throw invalidRequest(`Expected "${where}.data" to hold base64 strings, one for each image`);
  }
  return flat;
}

function filled(shape: readonly number[], length: number, where: string): number[] {
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const free = shape.filter((size) => size === -1).length;
  const missing = length / known;
  if (free > 1 || known === 0 || !Number.isInteger(missing) || (free === 0 && missing !== 1)) {
    throw invalidRequest(`Cannot reshape "${where}.data" of size ${length} into shape [${shape.join(', ')}]`);
  }
  return shape.map((size) => (size === -1 ? missing : size));
}

function readOutputs(value: unknown): readonly WantedOutput[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidRequest('Expected "outputs" to be a list');
  return (value as unknown[]).map((output, index) => {
    const name = isRecord(output) ? own(output, 'name') : undefined;
    if (!isRecord(output) || typeof name !== 'string') {
      throw invalidRequest(`Expected "outputs[${index}].name" to be a string`);
    }
    const isBinary = parameter(output, 'binary_data');
    const classes = parameter(output, 'classification');
    if (classes !== undefined && (!Number.isSafeInteger(classes) || (classes as number) < 0)) {
      throw invalidRequest(`Expected "outputs[${index}].parameters.classification" to be a count`);
    }
    return {
      name,
      ...(typeof isBinary === 'boolean' && { isBinary }),
      ...(typeof classes === 'number' && classes > 0 && { classes }),
    };
  });
}

function parameter(object: JsonObject, name: string): unknown {
  const parameters = own(object, 'parameters');
  return isRecord(parameters) ? own(parameters, name) : undefined;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= -1);
}
