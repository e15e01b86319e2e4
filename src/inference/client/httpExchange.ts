import http from 'node:http';
import https from 'node:https';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { Task } from '../../foundation/task.ts';
import { readBody } from './answerBody.ts';
import { connectionError, timeoutError } from './connectionErrors.ts';

export interface HttpRequest {
  /** Whose headers and certificate authority they are: the user can set them. */
  readonly endpointId: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or JSON with the bytes of tensors after it. */
  readonly body?: string | Uint8Array;
  /** How many bytes of the body are JSON, when tensors follow it. */
  readonly jsonLength?: number;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Where a redirect points to. */
  readonly location?: string;
  /** How long the server asks to wait before another try, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** The agents that keep the connections; one for each kind of address. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** The connection was cut before the first byte of an answer. A question that changes nothing may be asked again. */
export class CutBeforeAnswer extends Error {
  constructor(readonly reported: ModelDeckError) {
    super(reported.message);
  }
}

/**
 * Asks once and reads the whole answer, whatever its status. Node's own http is used: it lets the Host header be set,
 * which reaches a service behind a gateway, follows no redirect, and gives each endpoint its own certificate authority.
 * @throws CutBeforeAnswer
 * @throws ModelDeckError `unreachable`, `timeout`, `cancelled`, `server` (an answer that cannot be read or has no end),
 *   `invalid-input` (address or header)
 */
export function exchangeOnce(asked: HttpRequest, agents: Agents, task?: Task): Promise<HttpAnswer> {
  throwIfCancelled(task);
  return new Promise<HttpAnswer>((resolve, reject) => {
    const request = openRequest(asked, agents);
    let isAnswered = false;
    const fail = (error: Error): void => {
      request.destroy();
      finish(() => reject(error));
    };
    const cancel = (): void => fail(ModelDeckError.cancelled());
    const timer = setTimeout(() => fail(timeoutError(asked.url, asked.timeoutMs)), asked.timeoutMs);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      task?.signal?.removeEventListener('abort', cancel);
      settle();
    };
    task?.signal?.addEventListener('abort', cancel, { once: true });
    request.on('error', (error) => {
      const reported = connectionError(asked, error);
      fail(!isAnswered && isCut(error) ? new CutBeforeAnswer(reported) : reported);
    });
    request.on('response', (response) => {
      isAnswered = true;
      readBody(response, asked).then(
        (body) => finish(() => resolve({ status: response.statusCode ?? 0, body, ...hints(response) })),
        fail,
      );
    });
    request.end(asked.body);
  });
}

function openRequest({ method, url, headers, body, jsonLength }: HttpRequest, agents: Agents): http.ClientRequest {
  const content = body !== undefined && {
    'Content-Type': jsonLength === undefined ? 'application/json' : 'application/octet-stream',
    ...(jsonLength !== undefined && { 'Inference-Header-Content-Length': jsonLength }),
    'Content-Length': Buffer.byteLength(body),
  };
  const options = { method, headers: { ...headers, ...content } } as const;
  try {
    const address = new URL(url);
    if (address.protocol === 'https:') return https.request(address, { ...options, agent: agents.https });
    if (address.protocol === 'http:') return http.request(address, { ...options, agent: agents.http });
  } catch (error) {
    // The reason may quote a header's value: it stays in the cause.
    throw new ModelDeckError('invalid-input', `The address ${url}, or a header of it, cannot be used.`, {
      cause: error,
    });
  }
  throw new ModelDeckError('invalid-input', `The address ${url} is neither http nor https.`);
}

function isCut(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function hints({ headers }: http.IncomingMessage): Pick<HttpAnswer, 'location' | 'retryAfterMs'> {
  const location = headers.location;
  // The other form of Retry-After, a date, comes from no model server or gateway that we know.
  const seconds = Number(headers['retry-after']);
  return {
    ...(location !== undefined && { location }),
    ...(headers['retry-after'] !== undefined && Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  };
}
