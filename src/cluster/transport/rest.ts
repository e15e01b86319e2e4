import http from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { connectionError, deadlineError, parseStatus, statusError } from '../clusterErrors.ts';
import type { Attempt } from '../clusterErrors.ts';
import type { Credentials, RequestCredentials } from '../signIn/credentials.ts';
import type { KubeContext } from '../kubeconfig/kubeContext.ts';
import { openLimit } from './limit.ts';
import type { Limit } from './limit.ts';
import { readBody } from './readBody.ts';

/** One request to the API server. */
export interface RestRequest {
  readonly method: string;
  /** Begins with `/`; the server's own path is put in front of it. */
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  /** As it goes into a sentence: `list Pods in ml`. */
  readonly doing: string;
  /** The deadline ends when the request has been sent, since a server may have nothing to say for long. */
  readonly patient?: boolean;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: string;
}

/** An answer whose body is read as it comes. */
export interface RestStream {
  readonly response: http.IncomingMessage;
  /** Turns an error of the stream into ours. */
  readonly failed: (error: unknown) => ModelDeckError;
}

/** A connection that left HTTP: a WebSocket. */
export interface Upgrade {
  readonly response: http.IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface RestOptions {
  readonly context: KubeContext;
  readonly server: URL;
  readonly agent: http.Agent;
  readonly credentials: Credentials;
  /** Without its credentials. */
  readonly proxy: string | undefined;
  /** Milliseconds that a request may take, and that a stream may take to open. */
  readonly deadlineMs: number;
}

/**
 * HTTP to one API server, with our credentials, deadlines and errors. Node's own client is used: requests of
 * {@link http.ClientRequest} keep their agent where the editor replaces `http.request` for its extensions.
 */
export interface Rest {
  /** The answer whatever its status. */
  ask(request: RestRequest, task?: Task): Promise<RestAnswer>;
  /** The body of a 2xx answer. @throws ModelDeckError for any other status */
  read(request: RestRequest, task?: Task): Promise<string>;
  /**
   * Opens a 2xx answer; it ends with the task's signal. The deadline ends when the headers are there.
   */
  stream(request: RestRequest, task?: Task): Promise<RestStream>;
  upgrade(request: RestRequest, task?: Task): Promise<Upgrade>;
  /** Does something when the connection is closed. Returns the function that takes it back. */
  readonly onClose: (action: () => void) => () => void;
  readonly attempt: (doing: string) => Attempt;
  /** The error of a connection that broke after it was open. */
  readonly broken: (doing: string, error: unknown) => ModelDeckError;
  close(): void;
}

/** A request that the server put off (429, 503 with Retry-After) is sent again at most this often. */
const maxRetries = 3;
/** Dead peers are noticed by TCP: after this time of silence it asks. */
const keepAliveAfterMs = 15_000;

export function openRest({ context, server, agent, credentials, proxy, deadlineMs }: RestOptions): Rest {
  const attempt = (doing: string): Attempt => ({ doing, context, proxy });
  const open = new Set<Limit>();
  const upgrades = new Set<Duplex>();
  const closeActions = new Set<() => void>();
  let closed = false;

  function begin(request: RestRequest, task: Task | undefined): Limit {
    const limit = openLimit(task, deadlineMs, () => deadlineError(attempt(request.doing), deadlineMs));
    open.add(limit);
    if (closed) limit.cancel();
    return limit;
  }

  function end(limit: Limit): void {
    limit.end();
    open.delete(limit);
  }

  async function send(request: RestRequest, limit: Limit): Promise<Opened> {
    let mayRenew = true;
    for (let retries = 0; ;) {
      limit.stop();
      const carried = await limit.race(credentials.current());
      limit.start();
      let opened: Opened;
      try {
        opened = await exchange(request, carried, limit);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw failure(request, limit, error);
        // A connection that was kept open had died, as far as can be told. A request that creates something is not sent twice.
        if (request.method === 'POST') throw failure(request, limit, error.cause);
        continue;
      }
      const { response } = opened;
      const status = response.statusCode ?? 0;
      const waitMs = retryAfterMs(response);
      if (status === 401 && mayRenew && (await limit.race(credentials.renew(carried)))) {
        mayRenew = false;
      } else if (waitMs !== undefined && retries < maxRetries && waitMs < limit.remaining()) {
        retries += 1;
        await limit.race(delay(waitMs, undefined, { signal: limit.signal }));
      } else {
        return opened;
      }
      response.resume();
    }
  }

  function exchange(request: RestRequest, carried: RequestCredentials, limit: Limit): Promise<Opened> {
    return new Promise((resolve, reject) => {
      // Throws for what no header may hold, and for certificates and keys that OpenSSL cannot use.
      const sent = new http.ClientRequest({
        ...carried,
        ...addressOf(server, request.path),
        method: request.method,
        agent,
        signal: limit.signal,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'model-deck',
          // Node itself sets it for some methods only, and not for DELETE.
          ...(request.body !== undefined && { 'Content-Length': Buffer.byteLength(request.body) }),
          ...request.headers,
          ...carried.headers,
        },
      });
      sent.on('socket', (socket) => socket.setKeepAlive(true, keepAliveAfterMs));
      sent.on('response', (response) => resolve({ response }));
      sent.on('upgrade', (response, socket, head) => resolve({ response, upgraded: { response, socket, head } }));
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const stale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(
          stale && !limit.signal.aborted ? new StaleConnection('', { cause: error }) : failure(request, limit, error),
        );
      });
      if (request.patient) sent.on('finish', () => limit.stop());
      // As bytes: Node would write the header values in UTF-8 together with a text, and in latin1 otherwise.
      sent.end(request.body === undefined ? undefined : Buffer.from(request.body));
    });
  }

  function failure(request: RestRequest, limit: Limit, error: unknown): ModelDeckError {
    if (limit.signal.aborted) return limit.signal.reason as ModelDeckError;
    return connectionError(attempt(request.doing), error);
  }

  async function ask(request: RestRequest, limit: Limit): Promise<RestAnswer> {
    const { response, upgraded } = await send(request, limit);
    upgraded?.socket.destroy();
    return { status: response.statusCode ?? 0, body: await bodyOf(request, response, limit) };
  }

  async function bodyOf(request: RestRequest, response: http.IncomingMessage, limit: Limit): Promise<string> {
    try {
      return await readBody(response);
    } catch (error) {
      throw failure(request, limit, error);
    }
  }

  return {
    onClose(action) {
      closeActions.add(action);
      return () => void closeActions.delete(action);
    },
    attempt,
    broken: (doing, error) => (closed ? ModelDeckError.cancelled() : connectionError(attempt(doing), error)),
    async ask(request, task) {
      const limit = begin(request, task);
      try {
        return await ask(withGzip(request), limit);
      } finally {
        end(limit);
      }
    },
    async read(request, task) {
      const { status, body } = await this.ask(request, task);
      if (status < 200 || status > 299) throw statusError(attempt(request.doing), parseStatus(status, body));
      return body;
    },
    async stream(request, task) {
      const limit = begin(request, task);
      try {
        const { response } = await send(request, limit);
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 299) {
          throw statusError(attempt(request.doing), parseStatus(status, await bodyOf(request, response, limit)));
        }
        limit.stop();
        response.once('close', () => end(limit));
        return { response, failed: (error) => failure(request, limit, error) };
      } catch (error) {
        end(limit);
        throw error;
      }
    },
    async upgrade(request, task) {
      const limit = begin(request, task);
      try {
        const { response, upgraded } = await send(request, limit);
        if (upgraded !== undefined) {
          upgrades.add(upgraded.socket);
          upgraded.socket.once('close', () => upgrades.delete(upgraded.socket));
          return upgraded;
        }
        const status = parseStatus(response.statusCode ?? 0, await bodyOf(request, response, limit));
        throw statusError(attempt(request.doing), status);
      } finally {
        end(limit);
      }
    },
    close() {
      closed = true;
      for (const action of [...closeActions]) action();
      for (const limit of open) limit.cancel();
      for (const socket of upgrades) socket.destroy();
      agent.destroy();
    },
  };
}

interface Opened {
  readonly response: http.IncomingMessage;
  readonly upgraded?: Upgrade;
}

class StaleConnection extends Error {}

function addressOf(server: URL, path: string): http.RequestOptions {
  return {
    protocol: server.protocol,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    ...(server.port !== '' && { port: server.port }),
    path: server.pathname.replace(/\/+$/, '') + path,
  };
}

function withGzip(request: RestRequest): RestRequest {
  return { ...request, headers: { 'Accept-Encoding': 'gzip', ...request.headers } };
}

function retryAfterMs({ statusCode = 0, headers }: http.IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after']);
  const putOff = statusCode === 429 || statusCode >= 500;
  return putOff && headers['retry-after'] !== undefined && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
