import {
  buildV2BinaryRequest,
  buildV2InputRequest,
  buildV2Request,
  numbersOfJson,
  v1PredictPath,
  v2InferPath,
} from '../../kserve/index.ts';
import type { TensorMetadata } from '../../kserve/index.ts';
import type { Task } from '../../foundation/task.ts';
import type { Endpoint } from '../endpoint.ts';
import { copiesOf, goesAsBytes, type EncodedInput, type ModelInput, type TensorInput } from './modelInput.ts';
import { prepareImage } from '../image/prepareImage.ts';
import { preprocessFile, type TensorNumbers } from '../image/preprocess.ts';
import { requestDialect } from './requests/index.ts';

/** The call of one image in the endpoint's protocol. */
export interface InferenceCall {
  readonly url: string;
  /** JSON, or JSON with the bytes of a tensor after it. */
  readonly body: string | Uint8Array;
  /** How many bytes of the body are JSON, when a tensor follows it. */
  readonly jsonLength?: number;
  /** How many times the picture is in it, when more than once is possible. */
  readonly pictures?: number;
  /** One sentence each about what was done to the image or assumed of the model. */
  readonly notes: readonly string[];
  /** Rejects when the image is damaged, which may be found out after the call began: see `PreparedImage.checked`. */
  readonly checked?: Promise<void>;
}

/**
 * Brings an image file into the form that the model takes and writes the request.
 * @throws ModelDeckError as `prepareImage` and `preprocessFile` do
 */
export async function inferenceCall(
  endpoint: Endpoint,
  input: ModelInput,
  image: Uint8Array,
  task?: Task,
): Promise<InferenceCall> {
  const url = inferenceUrl(endpoint);
  if (input.kind === 'tensor') {
    const { tensor, notes } = await preprocessFile(image, input.input, task);
    const assumed = input.note === undefined ? [] : [input.note];
    const pictures = copiesOf(input);
    const repeated = `The model takes ${pictures} pictures at once: this one was sent ${pictures} times, and the first answer is shown.`;
    const sent = pictures > 1 ? [repeated] : [];
    return { url, ...tensorBody(input, tensor, pictures), notes: [...notes, ...sent, ...assumed], pictures };
  }
  const { bytes, note, checked } = await prepareImage(image, endpoint, task);
  const body = encodedBody(endpoint, input, bytes);
  return { url, body, notes: note === undefined ? [] : [note], ...(checked && { checked }) };
}

/** How the input of a V2 request is named where the server does not say; servers repeat it. */
const inputName = 'image';

export function inferenceUrl({ baseUrl, modelName, protocol }: Endpoint): string {
  return baseUrl + (protocol === 'v1' ? v1PredictPath(modelName) : v2InferPath(modelName));
}

function encodedBody(
  { protocol, requestDialect: dialect }: Endpoint,
  { tensor }: EncodedInput,
  image: Uint8Array,
): string {
  if (protocol === 'v2' && !tensor) return buildV2Request(inputName, [image]);
  const base64 = Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('base64');
  if (tensor) return buildV2InputRequest(tensor, `["${base64}"]`);
  const { before, after } = requestDialect(dialect);
  // Base64 needs no escaping: joining texts spares JSON.stringify a walk over megabytes.
  return before + base64 + after;
}

function tensorBody(
  asked: TensorInput,
  numbers: TensorNumbers[keyof TensorNumbers],
  pictures: number,
): Pick<InferenceCall, 'body' | 'jsonLength'> {
  const { input, tensor } = asked;
  if (goesAsBytes(asked))
    return buildV2BinaryRequest(tensor, batchOf(inDatatype(numbers, tensor), pictures), asked.answersBytes);
  const text = input.type === 'uint8' ? String : shortestText(tensor.datatype);
  // A photo has 256 levels in three channels: each number is written once.
  const texts = new Map<number, string>();
  const parts = Array.from(numbers, (number) => {
    const known = texts.get(number);
    if (known !== undefined) return known;
    const made = text(number);
    texts.set(number, made);
    return made;
  });
  const one = parts.join(',');
  return { body: buildV2InputRequest(tensor, `[${Array<string>(pictures).fill(one).join(',')}]`) };
}

/** The numbers in the server's own type, when that is wider than what a picture needs. */
function inDatatype(numbers: TensorNumbers[keyof TensorNumbers], { datatype, name }: TensorMetadata): ArrayBufferView {
  const own: Readonly<Record<string, boolean>> = {
    FP32: numbers instanceof Float32Array,
    FP16: numbers instanceof Uint16Array,
    UINT8: numbers instanceof Uint8Array,
  };
  return own[datatype] === true ? numbers : numbersOfJson(Array.from(numbers), datatype, name);
}

function batchOf(one: ArrayBufferView, pictures: number): ArrayBufferView {
  const bytes = Buffer.from(one.buffer, one.byteOffset, one.byteLength);
  return pictures === 1 ? one : Buffer.concat(Array<Buffer>(pictures).fill(bytes));
}

/** The fewest digits that read back as the same number of single precision, which is what was computed. */
function shortestText(datatype: string): (value: number) => string {
  if (datatype !== 'FP32') return String;
  return (value) => {
    const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value) ?? 9;
    return String(Number(value.toPrecision(digits)));
  };
}
