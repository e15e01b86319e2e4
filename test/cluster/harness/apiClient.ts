import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeyPair } from './certificates.ts';
import type { KubeObject } from './kubeTypes.ts';

/** What the API server refuses; `status` is HTTP's, `message` its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export type PatchKind = 'merge' | 'strategic-merge' | 'apply';

/**
 * The few requests that the harness makes, by plain HTTPS: the extension has a client library, and tests that share it with
 * what they test would not see its faults.
 */
export interface ApiClient {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body: object) => Promise<T>;
  /** `apply` is server-side apply; it creates what is not there. */
  readonly patch: <T>(path: string, kind: PatchKind, body: object) => Promise<T>;
  /** Deletes what is there; what is not is fine. */
  readonly remove: (path: string, options?: object) => Promise<void>;
  /** Lists and watches for ever, over restarts of the API server; each object that is there comes as `ADDED` first. */
  readonly watch: (path: string, on: WatchHandler, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

export interface WatchHandler {
  readonly event: (event: WatchEvent) => void;
  /** All that is there, after each listing: what is missing has gone while nobody watched. */
  readonly listed: (uids: ReadonlySet<string>) => void;
}

const contentTypes: Readonly<Record<PatchKind, string>> = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export async function openApi(url: string, ca: string, client: KeyPair): Promise<ApiClient> {
  const [caPem, cert, key] = await Promise.all([ca, client.cert, client.key].map((file) => readFile(file)));
  const agent = new Agent({ keepAlive: true, ca: caPem, cert, key });

  const send = (
    method: string,
    path: string,
    body?: object,
    contentType = 'application/json',
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      // Node sends no length with a DELETE of its own accord.
      const headers = content && { 'Content-Type': contentType, 'Content-Length': content.length };
      const call = request(new URL(path, url), { method, agent, headers: { Accept: 'application/json', ...headers } });
      call.once('response', resolve).once('error', reject);
      call.end(content);
    });
  const ask = async <T>(method: string, path: string, body?: object, contentType?: string): Promise<T> => {
    const response = await send(method, path, body, contentType);
    const text = await textOf(response);
    const status = response.statusCode ?? 0;
    if (status >= 400) throw new ApiError(status, messageOf(text));
    return JSON.parse(text) as T;
  };
  const get = <T>(path: string): Promise<T> => ask<T>('GET', path);

  return {
    get,
    post: (path, body) => ask('POST', path, body),
    patch: (path, kind, body) =>
      ask(
        'PATCH',
        kind === 'apply' ? `${path}?fieldManager=model-deck-test&force=true` : path,
        body,
        contentTypes[kind],
      ),
    remove: async (path, options = {}) => {
      await ask('DELETE', path, options).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
    },
    watch: async (path, on, signal) => {
      while (!signal.aborted) {
        await listAndWatch({ get, open: (from) => send('GET', from) }, path, on, signal).catch(() => undefined);
        await delay(200, undefined, { signal }).catch(() => undefined);
      }
    },
    close: () => agent.destroy(),
  };
}

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[];
}

async function listAndWatch(
  api: { readonly get: ApiClient['get']; readonly open: (path: string) => Promise<IncomingMessage> },
  path: string,
  on: WatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const list = await api.get<List>(path);
  on.listed(new Set(list.items.map(({ metadata }) => metadata.uid)));
  for (const object of list.items) on.event({ type: 'ADDED', object });
  const response = await api.open(`${path}?watch=true&resourceVersion=${list.metadata.resourceVersion}`);
  // Read by hand: readline's iterator does not end when its input is destroyed, and its interface throws the input's error.
  await new Promise<void>((resolve) => {
    const stop = (): void => void response.destroy();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const event of lines.map((line) => JSON.parse(line) as WatchEvent)) {
        if (event.type === 'ERROR') stop();
        else on.event(event);
      }
    });
    response.once('error', () => undefined);
    response.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
