import { isRecord, jsonIn, own } from '../../foundation/json.ts';
import type { TensorMetadata } from './v2.ts';

/** Path of the list of models in V1; KServe's servers have it for either protocol. */
export const v1ModelsPath = '/v1/models';
/** Path of KServe's list of models in V2. */
export const v2ModelsPath = '/v2/models';
/** Path of Triton's repository index (POST), which MLServer and others took over. */
export const v2RepositoryIndexPath = '/v2/repository/index';

/** Path of the V1 readiness of a model. */
export function v1ModelPath(modelName: string): string {
  return `/v1/models/${encodeURIComponent(modelName)}`;
}

/** Path of the V2 metadata of a model. */
export function v2ModelPath(modelName: string): string {
  return `/v2/models/${encodeURIComponent(modelName)}`;
}

/** Path of the V2 metadata of the server. */
export const v2ServerPath = '/v2';

/** Most models that are read out of a list; a repository may hold thousands, nobody chooses among more. */
const maxModels = 1000;
/** Longest name that is taken, in characters. */
const maxNameLength = 200;
/** Most inputs of a model, and dimensions of each, that are read. */
const maxTensors = 64;
const maxRank = 16;

/**
 * Names in the answer to either list of models, `{"models":["a", …]}`, or to Triton's repository index,
 * `[{"name":"a","state":"READY"}, …]`, of which those that are loaded count when any is.
 * @returns undefined when the text is no such list; names that could not be a part of an address are left out
 */
export function parseModelNames(text: string): readonly string[] | undefined {
  const body = jsonIn(text);
  if (Array.isArray(body)) return indexNames(body as unknown[]);
  const models = isRecord(body) ? own(body, 'models') : undefined;
  return Array.isArray(models) ? distinctNames(models as unknown[]) : undefined;
}

function indexNames(entries: readonly unknown[]): readonly string[] {
  const objects = entries.filter(isRecord);
  const loaded = objects.filter((entry) => own(entry, 'state') === 'READY');
  return distinctNames((loaded.length > 0 ? loaded : objects).map((entry) => own(entry, 'name')));
}

function distinctNames(values: readonly unknown[]): readonly string[] {
  const names = values.filter((value): value is string => typeof value === 'string' && isName(value));
  return [...new Set(names)].slice(0, maxModels);
}

function isName(text: string): boolean {
  return text !== '' && text.length <= maxNameLength && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** What `GET /v2` says of the server. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** @returns undefined when the text is no V2 metadata of a server */
export function parseV2ServerMetadata(text: string): ServerMetadata | undefined {
  const body = jsonIn(text);
  if (!isRecord(body)) return undefined;
  const [name, version, extensions] = [own(body, 'name'), own(body, 'version'), own(body, 'extensions')];
  if (typeof name !== 'string' || name.length > maxNameLength) return undefined;
  return {
    name,
    version: typeof version === 'string' ? version.slice(0, maxNameLength) : '',
    extensions: Array.isArray(extensions) ? extensions.filter((one) => typeof one === 'string') : [],
  };
}

/** What `GET /v2/models/<name>` says of a model, the part that a question depends on. */
export interface ModelMetadata {
  readonly inputs: readonly TensorMetadata[];
  /** Left out where the server does not say them. */
  readonly outputs?: readonly TensorMetadata[];
}

/** @returns undefined when the text is no V2 metadata */
export function parseV2ModelMetadata(text: string): ModelMetadata | undefined {
  const body = jsonIn(text);
  const inputs = isRecord(body) ? tensors(own(body, 'inputs')) : undefined;
  const outputs = isRecord(body) ? tensors(own(body, 'outputs')) : undefined;
  return inputs && { inputs, ...(outputs && outputs.length > 0 && { outputs }) };
}

function tensors(value: unknown): readonly TensorMetadata[] | undefined {
  if (!Array.isArray(value) || value.length > maxTensors) return undefined;
  const read = (value as unknown[]).map(tensor);
  return read.every((one) => one !== undefined) ? read : undefined;
}

function tensor(value: unknown): TensorMetadata | undefined {
  if (!isRecord(value)) return undefined;
  const name = own(value, 'name');
  const datatype = own(value, 'datatype');
  const shape = own(value, 'shape');
  const isTensor =
    typeof name === 'string' &&
    name.length <= maxNameLength &&
    typeof datatype === 'string' &&
    datatype.length <= maxNameLength &&
    Array.isArray(shape) &&
    shape.length <= maxRank &&
    shape.every((size) => Number.isSafeInteger(size) && (size as number) >= -1);
  return isTensor ? { name, datatype, shape: shape as number[] } : undefined;
}
