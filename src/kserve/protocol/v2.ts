import { parseAnswerBody, unexpectedAnswer } from './serverWords.ts';
import { isNumericDatatype } from './v2Datatypes.ts';
import { isRecord, own } from '../../foundation/json.ts';
import type { JsonObject } from '../../foundation/json.ts';

/** Path of the V2 call, after the base address. */
export function v2InferPath(modelName: string): string {
  return `/v2/models/${encodeURIComponent(modelName)}/infer`;
}

/**
 * A V2 request with one BYTES input of one element for each image: TorchServe's `kservev2` envelope makes a row of each
 * input and reads only the first element of its data, so several images are several inputs, `<name>-0`, `<name>-1`, ….
 * @param name how the inputs are named; the answer repeats it
 */
export function buildV2Request(name: string, images: readonly Uint8Array[]): string {
  const inputs = images.map((image, index) => {
    const data = Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('base64');
    return `{"name":${JSON.stringify(`${name}-${index}`)},"shape":[1],"datatype":"BYTES","data":["${data}"]}`;
  });
  return `{"id":"${globalThis.crypto.randomUUID()}","inputs":[${inputs.join(',')}]}`;
}

/**
 * A V2 request with one input of any shape and datatype.
 * @param data the elements as a JSON list
 */
export function buildV2InputRequest({ name, datatype, shape }: TensorMetadata, data: string): string {
  const head = JSON.stringify({ name, shape, datatype }).slice(0, -1);
  return `{"id":"${globalThis.crypto.randomUUID()}","inputs":[${head},"data":${data}}]}`;
}

/**
 * The same with the elements as bytes after the JSON, which all servers of tensors read, and FP16 needs.
 * @returns `jsonLength`, the value of the header Inference-Header-Content-Length
 */
export function buildV2BinaryRequest(
  { name, datatype, shape }: TensorMetadata,
  data: ArrayBufferView,
  wantsBytes = false,
): { readonly body: Uint8Array; readonly jsonLength: number } {
  const input = { name, shape, datatype, parameters: { binary_data_size: data.byteLength } };
  const json = Buffer.from(
    JSON.stringify({
      id: globalThis.crypto.randomUUID(),
      ...(wantsBytes && { parameters: { binary_data_output: true } }),
      inputs: [input],
    }),
  );
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { body: Buffer.concat([json, raw]), jsonLength: json.length };
}

/** An output of a V2 answer. */
export interface OutputTensor {
  readonly name: string;
  /** As V2 names it, for example `FP32`; empty where the server left it out. */
  readonly datatype: string;
  readonly shape: readonly number[];
  /** All elements in row-major order; of BYTES, texts, or objects where a server puts those there. */
  readonly data: readonly unknown[];
}

/**
 * The outputs of a V2 answer, each as a flat list with its shape.
 * @throws ModelDeckError `server` when the text is not a V2 answer
 */
export function parseV2Outputs(text: string): readonly OutputTensor[] {
  const body = parseAnswerBody(text);
  const outputs = isRecord(body) ? own(body, 'outputs') : undefined;
  if (!Array.isArray(outputs)) throw unexpectedAnswer('has no list of "outputs"', body);
  return outputs.map((output: unknown) => {
    if (!isRecord(output)) throw unexpectedAnswer('has an output that is not an object', output);
    return readOutput(output);
  });
}

/** Deepest nesting that is flattened: no tensor has more dimensions. */
const deepestList = 32;

function readOutput(output: JsonObject): OutputTensor {
  const given = own(output, 'data');
  if (given === undefined) throw unexpectedAnswer('has an output without "data"', output);
  const datatype = textOf(own(output, 'datatype'));
  const name = textOf(own(output, 'name'));
  const list = Array.isArray(given) ? (given as unknown[]) : [given];
  const shapeGiven = own(output, 'shape') ?? [];
  const isShape = Array.isArray(shapeGiven) && shapeGiven.every((size) => Number.isSafeInteger(size));
  if (!isShape) throw unexpectedAnswer('has an output whose "shape" is no list of whole numbers', output);
  if (!isNumericDatatype(datatype)) {
    const flat = list.flat(deepestList);
    // TorchServe puts whole predictions there, lists among them.
    const data = flat.every((element) => typeof element === 'string') ? flat : list;
    return { name, datatype, shape: shapeGiven as number[], data };
  }
  const data = list.flat(deepestList);
  const shape = filledShape(shapeGiven as number[], data.length);
  if (!shape) throw unexpectedAnswer('has an output whose "data" does not fill its "shape"', output);
  return { name, datatype, shape, data };
}

/** The shape, where its first dimension at least fits; servers write `[]` or `[1]` for a list of any length. */
function filledShape(shape: readonly number[], length: number): readonly number[] | undefined {
  if (shape.reduce((product, size) => product * size, 1) === length && shape.length > 0) return shape;
  if (shape.length < 2) return [length];
  const rows = shape[0] ?? 1;
  return rows >= 1 && length % rows === 0 ? [rows, length / rows] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A tensor in V2 metadata; -1 is a free dimension. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** `GET /v2`. */
export function v2ServerMetadata(name: string, version: string, extensions: readonly string[] = []): string {
  return JSON.stringify({ name, version, extensions });
}

/** `GET /v2/models/<name>`. */
export function v2ModelMetadata(model: {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}): string {
  const { name, versions, platform, inputs, outputs } = model;
  return JSON.stringify({ name, versions, platform, inputs, outputs });
}

/** `GET /v2/health/live`. */
export function v2ServerLive(live: boolean): string {
  return JSON.stringify({ live });
}

/** `GET /v2/health/ready`. */
export function v2ServerReady(ready: boolean): string {
  return JSON.stringify({ ready });
}

/** `GET /v2/models/<name>/ready`. */
export function v2ModelReadiness(modelName: string, ready: boolean): string {
  return JSON.stringify({ name: modelName, ready });
}
