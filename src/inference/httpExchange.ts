import http from 'node:http';
import https from 'node:https';
import { ModelDeckError } from '../foundation/error.ts';
import { throwIfCancelled } from '../foundation/task.ts';
import type { Task } from '../foundation/task.ts';

export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Where a redirect points to. */
  readonly location?: string;
}

/** Largest answer that is read, in bytes: far beyond the 6.5 MB that TorchServe allows. */
const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Posts JSON and reads the whole answer, whatever its status. Node's own http is used: it lets the Host header be set,
 * which reaches a service behind a gateway, and follows no redirect.
 * @throws ModelDeckError `unreachable`, `timeout`, `cancelled`, `server` (an answer without end), `invalid-input` (address or header)
 */
export function postJson(post: JsonPost, task?: Task): Promise<HttpAnswer> {
  throwIfCancelled(task);
  return new Promise<HttpAnswer>((resolve, reject) => {
    const request = openRequest(post);
    const fail = (error: ModelDeckError): void => {
      request.destroy();
      finish(() => reject(error));
    };
    const cancel = (): void => fail(ModelDeckError.cancelled());
    const timer = setTimeout(() => fail(timeoutError(post)), post.timeoutMs);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      task?.signal?.removeEventListener('abort', cancel);
      settle();
    };
    task?.signal?.addEventListener('abort', cancel, { once: true });
    request.on('error', (error) => fail(connectionError(post.url, error)));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxAnswerBytes) fail(endlessAnswerError(post.url));
      });
      response.on('error', (error) => fail(connectionError(post.url, error)));
      response.on('end', () =>
        finish(() => {
          const location = response.headers.location;
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, body, ...(location !== undefined && { location }) });
        }),
      );
    });
    request.end(post.body);
  });
}

function openRequest({ url, headers, body }: JsonPost): http.ClientRequest {
  const length = Buffer.byteLength(body);
  // A connection of its own: one that was kept open may be dead when the server was started anew.
  const options = {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': length },
  } as const;
  try {
    const address = new URL(url);
    if (address.protocol === 'https:') return https.request(address, options);
    if (address.protocol === 'http:') return http.request(address, options);
  } catch (error) {
    // The reason may quote a header's value: it stays in the cause.
    throw new ModelDeckError('invalid-input', `The address ${url}, or a header of it, cannot be used.`, {
      cause: error,
    });
  }
  throw new ModelDeckError('invalid-input', `The address ${url} is neither http nor https.`);
}

function connectionError(url: string, error: Error): ModelDeckError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = (code !== undefined && reasons[code]) || error.message;
  return new ModelDeckError('unreachable', `No answer from ${new URL(url).origin}: ${reason}.`, {
    remedy: 'Check that the deployment runs, or start it again.',
    nextStep: { kind: 'retry' },
    cause: error,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut while waiting for the answer',
  EPIPE: 'the connection was cut while the image was sent, perhaps because it is larger than the server takes',
  ENOTFOUND: 'its name is unknown',
  EAI_AGAIN: 'its name cannot be looked up right now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network to it',
  ETIMEDOUT: 'it does not respond',
};

function timeoutError({ url, timeoutMs }: JsonPost): ModelDeckError {
  return new ModelDeckError('timeout', `${new URL(url).origin} did not answer within ${timeoutMs / 1000} s.`, {
    remedy: 'The model may be starting up or overloaded: try again, or look at the log of the deployment.',
    nextStep: { kind: 'retry' },
  });
}

function endlessAnswerError(url: string): ModelDeckError {
  return new ModelDeckError(
    'server',
    `${new URL(url).origin} answered with more than ${maxAnswerBytes / 1024 / 1024} MB.`,
    {
      remedy: 'Check that the address is that of a model server.',
    },
  );
}
