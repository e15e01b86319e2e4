import http from 'node:http';
import https from 'node:https';

/** A model server, at the end of a route. */
export interface ServerAddress {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Host, Authorization. Never logged. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Until when the headers count, in milliseconds since 1970. */
  readonly freshUntil?: number | undefined;
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: string;
}

/** Largest answer to a question about readiness that is read, in bytes. */
const maxAnswerBytes = 1 << 20;

/**
 * A short question to a model server. Node's own http, because it lets the Host header be set, which reaches a service
 * behind a gateway.
 *
 * @returns undefined when nobody answers within the time: a server that is starting refuses, resets or is silent
 */
export function askServer(
  { baseUrl, headers }: ServerAddress,
  path: string,
  options: {
    readonly method?: 'GET' | 'POST';
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ServerAnswer | undefined> {
  const { method = 'GET', timeoutMs = 5000, signal } = options;
  return new Promise((resolve) => {
    const url = new URL(baseUrl + path);
    const open = url.protocol === 'https:' ? https.request : http.request;
    const deadline = AbortSignal.timeout(timeoutMs);
    // A connection of its own: the forward behind it leads to another pod when this one is gone.
    const request = open(url, {
      method,
      agent: false,
      headers: { ...headers },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    const giveUp = (): void => {
      request.destroy();
      resolve(undefined);
    };
    request.on('error', giveUp);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxAnswerBytes) giveUp();
      });
      response.on('error', giveUp);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.end();
  });
}
