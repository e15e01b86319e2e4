import http from 'node:http';
import https from 'node:https';
import { ModelDeckError } from '../foundation/error.ts';

export interface Question {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Milliseconds without a byte after which an endpoint counts as silent; a cold start takes minutes. */
const silenceMs = 300_000;

/** An answer longer than this is cut off: 64 MiB is a million classes. */
const largestAnswer = 64 << 20;

/**
 * Posts JSON. Written on `node:http` because `fetch` does not let a caller set `Host`, which an ingress needs.
 * @throws ModelDeckError `unreachable`, `timeout`, `cancelled`
 */
export function exchange({ url, body, headers }: Question, signal: AbortSignal | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const origin = new URL(url).origin;
    const { request } = url.startsWith('https:') ? https : http;
    const fail = (error: unknown): void =>
      reject(signal?.aborted ? ModelDeckError.cancelled() : connectionError(error, origin));
    const length = Buffer.byteLength(body);
    const sent = request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
      timeout: silenceMs,
      ...(signal && { signal }),
    });
    sent.on('error', fail);
    sent.on('timeout', () =>
      sent.destroy(
        new ModelDeckError('timeout', `${origin} has not answered for ${silenceMs / 1000} s.`, {
          nextStep: { kind: 'retry' },
        }),
      ),
    );
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > largestAnswer)
          response.destroy(new ModelDeckError('server', `${origin} sends an answer without an end.`));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.end(body);
  });
}

function connectionError(error: unknown, origin: string): unknown {
  if (ModelDeckError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new ModelDeckError('unreachable', `Nothing answers at ${origin} (${code || (error as Error).message}).`, {
    remedy: 'Check that the deployment is running.',
    nextStep: { kind: 'retry' },
    cause: error,
  });
}
