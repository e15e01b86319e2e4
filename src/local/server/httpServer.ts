import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ModelDeckError } from '../../foundation/error.ts';
import { errorBody } from '../../kserve/index.ts';
import { maxRequestBytes } from '../requestLimit.ts';
import { answer, type Answer, type ServedBackend } from './routes.ts';

/** Listens on a free port of 127.0.0.1. @param served read anew at each request */
export async function listen(
  served: () => ServedBackend,
  log: (line: string) => void,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    respond(request, response, served(), log).catch((error: unknown) => {
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
  log: (line: string) => void,
): Promise<void> {
  const started = performance.now();
  const path = (request.url ?? '').split('?')[0] ?? '';
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let result: Answer;
  try {
    checkSender(request);
    const body = (): Promise<string> => readBody(request);
    result = await answer(served, { method: request.method ?? '', path, body, signal: gone.signal });
  } catch (error) {
    result = errorAnswer(error, log);
  }
  if (gone.signal.aborted) return;
  // An unread rest of the body would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.writeHead(result.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(result.body),
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(result.body);
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

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = new RequestTooLarge();
  if (Number(request.headers['content-length'] ?? 0) > maxRequestBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxRequestBytes) throw tooLarge;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class RequestTooLarge extends Error {
  constructor() {
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
