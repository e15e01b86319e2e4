import { isRecord, jsonIn } from '../../../foundation/json.ts';
import { once } from '../../../foundation/once.ts';
import { readErrorText } from '../../../kserve/index.ts';
import { askServer, type ServerAddress, type ServerAnswer } from './askServer.ts';

/** What a model server says of a model. */
export type ModelAnswer =
  /** `versions`: as the server names them; empty where it names none. */
  | { readonly kind: 'ready'; readonly modelName: string; readonly versions: readonly string[] }
  | { readonly kind: 'loading'; readonly reason: string }
  /** The server says why it could not load the model, in its own words. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody answers yet. */
  | { readonly kind: 'silent' }
  /** A server that answers and has no such question, for example a container of the user's own. */
  | { readonly kind: 'mute' };

export interface ModelQuestion extends ServerAddress {
  readonly protocol: 'v1' | 'v2';
  /** Where the server does not list its models, this is the name. */
  readonly modelName: string;
}

/**
 * Asks the server whether the model itself is ready. KServe's own probe is a TCP connection, which succeeds before the
 * model is loaded.
 *
 * @see KServe `python/kserve/kserve/protocol/rest`; TensorFlow Serving and Triton answer the same paths in their own way
 */
export async function askModel(question: ModelQuestion, signal?: AbortSignal): Promise<ModelAnswer> {
  const first = await readiness(question, question.modelName, signal);
  if (first !== 'unknown' && first.kind !== 'loading') return first;
  const index = once(() => repositoryIndex(question, signal));
  const reason = question.protocol === 'v2' ? loadFailure(await index(), question.modelName) : undefined;
  if (reason !== undefined) return { kind: 'refused', reason };
  if (first !== 'unknown') return first;
  const names = await listModels(question, signal, index);
  if (names === undefined) return isAlive(question, signal);
  const [only] = names;
  if (only === undefined) return { kind: 'loading', reason: 'The server has no model yet.' };
  if (names.includes(question.modelName)) return { kind: 'loading', reason: `${question.modelName} is not ready.` };
  if (names.length > 1) {
    const known = names.join(', ');
    return { kind: 'loading', reason: `The server knows ${known}, and no ${question.modelName} yet.` };
  }
  const other = await readiness(question, only, signal);
  return other === 'unknown' ? { kind: 'loading', reason: `${only} is not ready.` } : other;
}

/**
 * The names by which the server knows its models.
 * @param index asked for where the server lists its models in no other way
 * @returns undefined when it does not answer, or does not tell
 */
export async function listModels(
  server: ServerAddress & { readonly protocol: 'v1' | 'v2' },
  signal?: AbortSignal,
  index = () => repositoryIndex(server, signal),
): Promise<readonly string[] | undefined> {
  const answer = await askServer(server, `/${server.protocol}/models`, { signal });
  const body = json(answer);
  if (isRecord(body) && Array.isArray(body['models'])) return texts(body['models']);
  if (server.protocol === 'v1' || answer === undefined) return undefined;
  const listed = await index();
  return listed && texts(listed.map((entry) => isRecord(entry) && entry['name']));
}

/** Triton and MLServer say there what they have, and of each version whether it is loaded. */
async function repositoryIndex(
  server: ServerAddress,
  signal: AbortSignal | undefined,
): Promise<readonly unknown[] | undefined> {
  const index = json(await askServer(server, '/v2/repository/index', { method: 'POST', signal }));
  return Array.isArray(index) ? index : undefined;
}

/** What the index of a V2 server says of a version that could not be loaded; one that was unloaded on demand is none. */
function loadFailure(index: readonly unknown[] = [], modelName: string): string | undefined {
  const own = index.filter(isRecord).filter(({ name }) => index.length === 1 || name === modelName);
  const failed = own.filter(({ state }) => state === 'UNAVAILABLE').map(({ reason }) => reason);
  if (failed.length < own.length) return undefined;
  return failed.find((reason) => typeof reason === 'string' && reason !== '' && reason !== 'unloaded') as
    string | undefined;
}

async function readiness(
  question: ModelQuestion,
  modelName: string,
  signal: AbortSignal | undefined,
): Promise<ModelAnswer | 'unknown'> {
  const { protocol } = question;
  const path = `/${protocol}/models/${encodeURIComponent(modelName)}`;
  const answer = await askServer(question, protocol === 'v1' ? path : `${path}/ready`, { signal });
  if (answer === undefined) return { kind: 'silent' };
  const loading = { kind: 'loading', reason: readErrorText(answer.body) ?? `${modelName} is not ready.` } as const;
  if (answer.status === 503) return loading;
  // Triton says 400 for a model that it does not know, or has not loaded.
  if (answer.status !== 200) return 'unknown';
  const body = json(answer);
  if (protocol === 'v1') {
    const served = tensorflowVersions(body);
    if (served) return served.length > 0 ? { kind: 'ready', modelName, versions: served } : loading;
    return isReady(body) ? { kind: 'ready', modelName, versions: [] } : loading;
  }
  // Triton's answer has no body.
  if (answer.body.trim() !== '' && !isReady(body)) return loading;
  const metadata = json(await askServer(question, path, { signal }));
  const versions = isRecord(metadata) && Array.isArray(metadata['versions']) ? texts(metadata['versions']) : [];
  return { kind: 'ready', modelName, versions };
}

/** A server without these questions is asked whether it is well: TorchServe has `/ping`, V2 has `/v2/health/ready`. */
async function isAlive(question: ModelQuestion, signal: AbortSignal | undefined): Promise<ModelAnswer> {
  const path = question.protocol === 'v1' ? '/ping' : '/v2/health/ready';
  const answer = await askServer(question, path, { signal });
  if (answer === undefined) return { kind: 'silent' };
  const body = json(answer);
  const status = isRecord(body) ? body['status'] : undefined;
  const unwell = answer.status >= 500 || (typeof status === 'string' && /unhealthy|partial/i.test(status));
  return unwell
    ? { kind: 'loading', reason: readErrorText(answer.body) ?? 'The server is not healthy yet.' }
    : { kind: 'mute' };
}

/** KServe's server of old said `"True"`. */
function isReady(body: unknown): boolean {
  return isRecord(body) && (body['ready'] === true || body['ready'] === 'True');
}

/** The versions that TensorFlow Serving has available; undefined for another server's answer. */
function tensorflowVersions(body: unknown): readonly string[] | undefined {
  const states = isRecord(body) ? body['model_version_status'] : undefined;
  if (!Array.isArray(states)) return undefined;
  return texts(states.map((state: unknown) => isRecord(state) && state['state'] === 'AVAILABLE' && state['version']));
}

function json(answer: ServerAnswer | undefined): unknown {
  return answer?.status === 200 ? jsonIn(answer.body) : undefined;
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
