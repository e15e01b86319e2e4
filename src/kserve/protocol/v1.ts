import { parseAnswerBody, unexpectedAnswer } from './serverWords.ts';
import { decodeBase64, invalidRequest, parseRequestBody, readNestedTensor } from './inferenceRequest.ts';
import type { InferenceInput } from './inferenceRequest.ts';
import { isRecord, own } from '../../foundation/json.ts';

/** Path of the V1 call, after the base address. */
export function v1PredictPath(modelName: string): string {
  return `/v1/models/${encodeURIComponent(modelName)}:predict`;
}

/** `{"instances":[{"data":"<base64>"}, …]}`: one instance an image, as TorchServe's `kserve` envelope reads it. */
export function buildV1Request(images: readonly Uint8Array[]): string {
  // Base64 needs no escaping: joining texts spares JSON.stringify a walk over megabytes.
  return `{"instances":[${images.map((image) => `{"data":"${base64(image)}"}`).join(',')}]}`;
}

/**
 * The prediction of each instance, unread: see `interpret` of the inference folder. TensorFlow Serving's columns (`outputs`) and
 * an object in place of the list are taken as the prediction of one instance.
 * @throws ModelDeckError `server` when the text is not a V1 answer
 */
export function parseV1Response(text: string): unknown[] {
  const body = parseAnswerBody(text);
  if (!isRecord(body)) throw unexpectedAnswer('has no list of "predictions"', body);
  const predictions =
    own(body, 'predictions') ?? (own(body, 'model_name') === undefined ? own(body, 'outputs') : undefined);
  if (Array.isArray(predictions)) return predictions as unknown[];
  if (isRecord(predictions) && Object.keys(predictions).length > 0) return [predictions];
  throw unexpectedAnswer('has no list of "predictions"', body);
}

/**
 * Reads `{"instances":[…]}`: an image or a tensor each. An instance is base64 or a nested list, or an object that holds it, in a
 * field `data` or `body` (TorchServe), `image_bytes.b64` (TensorFlow Serving), `image.b64` (KServe's examples) or `b64`.
 * @throws ModelDeckError `invalid-input` in KServe's words; the server answers 400 with them
 */
export function parseV1Request(text: string): readonly InferenceInput[] {
  const body = parseRequestBody(text);
  const instances = isRecord(body) ? own(body, 'instances') : undefined;
  if (instances === undefined) throw invalidRequest('Expected key "instances" in request body');
  if (!Array.isArray(instances)) throw invalidRequest('Expected "instances" to be a list');
  if (instances.length === 0) throw invalidRequest('Expected "instances" to hold at least one instance');
  return instances.map((instance, index) => readInstance(instance, index));
}

function readInstance(instance: unknown, index: number): InferenceInput {
  const value = heldBy(instance);
  const where = isRecord(instance) ? `instances[${index}].data` : `instances[${index}]`;
  if (typeof value === 'string') return decodeBase64(value, where);
  if (Array.isArray(value)) return readNestedTensor(value, where);
  throw invalidRequest(`Expected "${where}" to be a base64 string or a list of numbers`);
}

/** Deepest nesting of objects around an image: `{"image": {"b64": …}}`. */
const deepestInstance = 2;

function heldBy(instance: unknown): unknown {
  let value = instance;
  for (let depth = 0; depth < deepestInstance && isRecord(value); depth++) {
    const object = value;
    const name = ['data', 'body', 'b64', 'image_bytes', 'image'].find((one) => own(object, one) !== undefined);
    value = name === undefined ? undefined : own(object, name);
  }
  return value;
}

/** The body of a successful V1 answer: one prediction an instance, in order. */
export function v1Answer(predictions: readonly unknown[]): string {
  return v1AnswerOfTexts(predictions.map((prediction) => JSON.stringify(prediction)));
}

/** The same of predictions that are JSON already: an object would not keep the order of keys that look like numbers. */
export function v1AnswerOfTexts(predictions: readonly string[]): string {
  return `{"predictions":[${predictions.join(',')}]}`;
}

/** `GET /v1/models`. */
export function v1ModelList(modelNames: readonly string[]): string {
  return JSON.stringify({ models: modelNames });
}

/** `GET /v1/models/<name>`. */
export function v1ModelReadiness(modelName: string, ready: boolean): string {
  return JSON.stringify({ name: modelName, ready });
}

function base64(image: Uint8Array): string {
  return Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('base64');
}
