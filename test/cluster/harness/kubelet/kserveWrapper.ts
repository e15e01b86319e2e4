import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerLog } from './containerLog.ts';
import { isAtLeast } from './imageVersion.ts';
import { onHost } from './podVolumes.ts';
import type { HostMount } from './podVolumes.ts';
import { readProperties } from './torchServeConfig.ts';

export interface WrapperOptions {
  /** The config.properties as the user wrote it. */
  readonly config: string;
  readonly mounts: readonly HostMount[];
  /** Of the image. */
  readonly version: readonly number[];
  /** Port of 127.0.0.1 that stands for the pod's 8080. */
  readonly port: number;
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  readonly torchServeEnded: Promise<void>;
  readonly log: ContainerLog;
}

/**
 * The Python program that stands in front of TorchServe in the image `pytorch/torchserve-kfs`: it answers on 8080 with
 * KServe's routes, and passes predictions on. Played here, since it is in the image only.
 */
export interface Wrapper {
  /** Resolves when it answers; in the image that is what the readiness probe asks. */
  readonly listening: Promise<void>;
  /** Resolves when it cannot start, which ends the container. */
  readonly failed: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Until this version the wrapper calls a model ready as soon as the store has an archive, loaded or not. */
const firstThatWaits = [0, 10];
const loadSeconds = 120;

export function startWrapper(options: WrapperOptions): Wrapper {
  const abort = new AbortController();
  const server = createServer();
  let fail: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => (fail = resolve));
  const listening = open(options, server, abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) {
      const words = error instanceof Error ? error.message : String(error);
      options.log.write('Traceback (most recent call last):', 'stderr');
      options.log.write('  File "/home/model-server/kserve_wrapper/__main__.py", line 98, in <module>', 'stderr');
      options.log.write(words, 'stderr');
      fail();
    }
    return new Promise<never>(() => undefined);
  });
  return {
    listening,
    failed,
    stop: async () => {
      abort.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function open(
  options: WrapperOptions,
  server: ReturnType<typeof createServer>,
  signal: AbortSignal,
): Promise<void> {
  const { models, modelStore } = parseConfig(options.config);
  const archives = readdirSync(onHost(options.mounts, modelStore)).filter((name) => name.endsWith('.mar'));
  if (archives.length === 0) throw new Error(`kserve.errors.ModelMissingError: ${modelStore}`);
  if (isAtLeast(options.version, firstThatWaits)) {
    let hasEnded = false;
    void options.torchServeEnded.then(() => (hasEnded = true));
    for (const model of models) await workerReady(options.managementUrl, model, () => hasEnded, signal);
  }
  server.on('request', (request, response) => {
    void answer(options, models, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  options.log.write(`INFO:     Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)`, 'stderr');
}

/** @throws Error in Python's words when a key that the wrapper needs is not there */
function parseConfig(text: string): { readonly models: readonly string[]; readonly modelStore: string } {
  const properties = readProperties(text);
  const needed = ['model_snapshot', 'inference_address', 'management_address', 'grpc_inference_port', 'model_store'];
  for (const key of needed) if (!properties.has(key)) throw new Error(`KeyError: '${key}'`);
  try {
    const { models } = JSON.parse(properties.get('model_snapshot') ?? '') as { models: object };
    return { models: Object.keys(models), modelStore: properties.get('model_store') ?? '' };
  } catch (error) {
    throw new Error(`json.decoder.JSONDecodeError: ${String(error)}`, { cause: error });
  }
}

/** The image's wrapper asks ten times within five minutes, also a TorchServe that has ended; that wait is cut short here. */
async function workerReady(
  managementUrl: string,
  model: string,
  hasEnded: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (
    const end = Date.now() + loadSeconds * 1000;
    Date.now() < end && !hasEnded();
    await delay(500, undefined, { signal })
  ) {
    const response = await fetch(`${managementUrl}/models/${encodeURIComponent(model)}`, { signal }).catch(
      () => undefined,
    );
    if (!response?.ok) continue;
    const [description] = (await response.json()) as { readonly workers?: readonly { readonly status: string }[] }[];
    if (description?.workers?.some(({ status }) => status === 'READY')) return;
  }
  throw new Error(`kserve.errors.ModelMissingError: ${model}`);
}

async function answer(
  options: WrapperOptions,
  models: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://pod');
  const send = (status: number, body: object): void => {
    options.log.write(`INFO:     127.0.0.1 - "${request.method} ${pathname} HTTP/1.1" ${status}`, 'stdout');
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const named = /^\/(v[12])\/models\/([^/:]+)(:predict|:explain|\/infer|\/explain|\/ready)?$/.exec(pathname);
  if (named !== null) {
    const [, , encoded = '', action] = named;
    const model = decodeURIComponent(encoded);
    if (!models.includes(model)) return send(404, { error: `Model with name ${model} does not exist.` });
    if (request.method === 'POST' && action !== undefined && action !== '/ready') {
      const { status, body } = await passOn(`${options.inferenceUrl}${pathname}`, request);
      return send(status, body);
    }
    if (request.method === 'GET' && action === undefined && named[1] === 'v2') {
      return send(200, { name: model, versions: null, platform: '', inputs: [], outputs: [] });
    }
    if (request.method === 'GET') return send(200, { name: model, ready: true });
  }
  const general: Readonly<Record<string, object>> = {
    '/': { status: 'alive' },
    '/v1/models': { models },
    '/v2': { name: 'kserve', version: '0.11.0', extensions: ['model_repository_extension'] },
    '/v2/health/live': { live: true },
    '/v2/health/ready': { ready: true },
    '/v2/models': { models },
  };
  const body = general[pathname];
  return body === undefined ? send(404, { detail: 'Not Found' }) : send(200, body);
}

/** TorchServe's refusals come back as the wrapper's own failure, with its words in them. */
async function passOn(
  url: string,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: object }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.concat(chunks) }).catch(() => undefined);
  if (response === undefined) return { status: 500, body: { error: 'ConnectError : All connection attempts failed' } };
  const text = await response.text();
  if (response.ok) return { status: 200, body: JSON.parse(text) as object };
  const words = `${text.trim()}, '${response.status} ${response.statusText}' for url '${url}'`;
  return { status: 500, body: { error: `HTTPStatusError : ${words}` } };
}
