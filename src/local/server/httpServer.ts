import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, createInflate, deflate, gzip } from 'node:zlib';
import { ModelDeckError } from '../../foundation/error.ts';
import { errorBody } from '../../kserve/index.ts';
import type { Answer } from './call.ts';
import { answer, type ServedBackend } from './servedPaths.ts';

/** Listens on a free port of 127.0.0.1. @param served read again at each request @param maxRequestBytes largest body, decompressed */
export async function listen(
  served: () => ServedBackend,
  log: (line: string) => void,
  maxRequestBytes: number,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    respond(request, response, served(), { log, maxRequestBytes }).catch((error: unknown) => {
      log(`The answer to ${request.method ?? ''} ${request.url ?? ''} could not be sent: ${String(error)}`);
      response.destroy();
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedBackend,
  { log, maxRequestBytes }: { readonly log: (line: string) => void; readonly maxRequestBytes: number },
): Promise<void> {
  const started = performance.now();
  const path = (request.url ?? '').split('?')[0] ?? '';
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let result: Answer;
  try {
    checkSender(request);
    const body = (): Promise<Buffer> => readBody(request, maxRequestBytes);
    const jsonLength = jsonLengthOf(request);
    const call = { method: request.method ?? '', path, body, ...jsonLength, signal: gone.signal };
    result = await answer(served, call);
  } catch (error) {
    result = errorAnswer(error, log);
  }
  if (gone.signal.aborted) return;
  // An unread rest of the body would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const { body, encoding } = await compressed(Buffer.from(result.body), request);
  response.writeHead(result.status, {
    'Content-Type': result.jsonLength === undefined ? 'application/json' : 'application/octet-stream',
    ...(result.jsonLength !== undefined && { [jsonLengthHeader]: result.jsonLength }),
    ...encoding,
    'Content-Length': body.length,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
  const took = Math.round(performance.now() - started);
  if (request.method === 'POST' || result.status >= 400) log(`${request.method} ${path} ${result.status} ${took} ms`);
}

/**
 * Refuses what a web page could send: a page of another site whose name was made to point to 127.0.0.1 sends its own
 * name as Host, any other page its Origin.
 */
function checkSender({ headers, socket }: IncomingMessage): void {
  const here = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  if (headers.host === undefined || !here.includes(headers.host.toLowerCase())) {
    throw new ModelDeckError('forbidden', `This server answers to ${here[0]} only.`);
  }
  if (headers.origin !== undefined && !here.some((host) => headers.origin === `http://${host}`)) {
    throw new ModelDeckError('forbidden', 'Requests of web pages are refused.');
  }
}

/** Where the JSON of a V2 body ends and its tensors begin. */
const jsonLengthHeader = 'Inference-Header-Content-Length';

function jsonLengthOf({ headers }: IncomingMessage): { readonly jsonLength?: number } {
  const value = headers[jsonLengthHeader.toLowerCase()];
  return value === undefined ? {} : { jsonLength: Number(value) };
}

/** The whole body, decompressed. @throws ModelDeckError `invalid-input` for one that is not what its encoding says */
async function readBody(request: IncomingMessage, maxRequestBytes: number): Promise<Buffer> {
  const tooLarge = new RequestTooLarge(maxRequestBytes);
  if (Number(request.headers['content-length'] ?? 0) > maxRequestBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decompressed(request)) {
      size += (chunk as Buffer).length;
      if (size > maxRequestBytes) throw tooLarge;
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (!/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new ModelDeckError('invalid-input', `The body is not ${request.headers['content-encoding']}.`, {
      cause: error,
    });
  }
  return Buffer.concat(chunks);
}

function decompressed(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return request;
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : undefined;
  if (!decoder)
    throw new ModelDeckError('invalid-input', `The content-encoding "${encoding}" is not read: send gzip or deflate.`);
  // Its error reaches the reader through the decoder, which it destroys.
  return pipeline(request, decoder, () => undefined);
}

/** Answers below this are not worth compressing, in bytes. */
const leastCompressed = 1024;

/** Compressed for a client that asks for it. */
async function compressed(
  body: Buffer,
  { headers }: IncomingMessage,
): Promise<{ readonly body: Buffer; readonly encoding?: Readonly<Record<string, string>> }> {
  const accepted = headers['accept-encoding'];
  const taken =
    typeof accepted === 'string'
      ? accepted
          .toLowerCase()
          .split(',')
          .map((one) => one.trim())
      : [];
  const name = (['gzip', 'deflate'] as const).find((one) =>
    taken.some((encoding) => encoding.split(';')[0] === one && !/;q=0(\.0+)?$/.test(encoding)),
  );
  if (name === undefined || body.length < leastCompressed) return { body };
  const encode = promisify(name === 'gzip' ? gzip : deflate);
  return { body: await encode(body), encoding: { 'Content-Encoding': name } };
}

class RequestTooLarge extends Error {
  constructor(maxRequestBytes: number) {
    super(`The request is larger than ${maxRequestBytes} bytes.`);
  }
}

function errorAnswer(error: unknown, log: (line: string) => void): Answer {
  if (error instanceof RequestTooLarge) return { status: 413, body: errorBody(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  if (!ModelDeckError.is(error)) {
    log(error instanceof Error ? (error.stack ?? message) : message);
    return { status: 500, body: errorBody(message) };
  }
  const statuses: Partial<Record<typeof error.category, number>> = {
    'invalid-input': 400,
    unsupported: 400,
    hostile: 400,
    forbidden: 403,
    timeout: 504,
  };
  return { status: statuses[error.category] ?? 500, body: errorBody(message) };
}
