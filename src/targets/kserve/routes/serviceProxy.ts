import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterConnection } from '../../../cluster/clusterConnection.ts';
import { messageOf, ModelDeckError } from '../../../foundation/error.ts';
import { errorBody } from '../../../kserve/index.ts';

export interface ProxiedObject {
  readonly kind: 'services' | 'pods';
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** It speaks TLS, whose certificate the API server does not check. */
  readonly isSecure?: boolean;
}

export interface ServiceProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): void;
}

/** Bytes of a request that are held in memory: well above the 6.5 MB that TorchServe takes. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Listens on a free port of 127.0.0.1 and hands requests to one Service or pod through the API server, with the credentials of
 * the connection. It hands on nothing but the inference protocols, and nothing that a web page sends: whoever may
 * connect to this port acts with the user's rights.
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 */
export async function openServiceProxy(
  connection: ClusterConnection,
  { kind, namespace, name, port, isSecure = false }: ProxiedObject,
): Promise<ServiceProxy> {
  const prefix = `/api/v1/namespaces/${namespace}/${kind}/${isSecure ? 'https:' : ''}${name}:${port}/proxy`;
  const server = createServer((request, response) => {
    void answer(connection, prefix, request, response);
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

async function answer(
  connection: ClusterConnection,
  prefix: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(request);
  if (refusal) return send(response, refusal.status, errorBody(refusal.words));
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  try {
    const body = await read(request);
    if (body === undefined) return send(response, 413, errorBody('The request is too large.'));
    const { status, body: text } = await connection.request(
      {
        method: request.method === 'POST' ? 'POST' : 'GET',
        path: `${prefix}${request.url ?? ''}`,
        patient: true,
        ...(request.headers.cookie !== undefined && { cookie: request.headers.cookie }),
        ...(body !== '' && { body, contentType: request.headers['content-type'] ?? 'application/json' }),
      },
      { signal: abort.signal },
    );
    send(response, status, text);
  } catch (error) {
    send(response, ModelDeckError.is(error) && error.category === 'timeout' ? 504 : 502, errorBody(messageOf(error)));
  }
}

function refusalOf({ method, url = '', headers }: IncomingMessage): { status: number; words: string } | undefined {
  // A page in a browser names its origin, or a host of its own when it has bent a name to 127.0.0.1.
  if (headers.origin !== undefined || !/^127\.0\.0\.1(:\d+)?$/.test(headers.host ?? '')) {
    return { status: 403, words: 'Requests of web pages are not handed on.' };
  }
  if (headers.authorization !== undefined) {
    const words = 'The API server keeps the Authorization header for itself: choose the port forward or the ingress.';
    return { status: 400, words };
  }
  if (method !== 'GET' && method !== 'POST') return { status: 405, words: `${method} is not handed on.` };
  const { pathname } = new URL(url, 'http://127.0.0.1');
  // The URL class has resolved "..", but the server behind may read %2e and %2f in its own way.
  const isClean = url.startsWith(pathname) && !/%2e|%2f|%5c|\\/i.test(url);
  if (isClean && /^\/v[12](\/|$)/.test(pathname)) return undefined;
  return { status: 404, words: `${pathname} is not a path of the V1 or V2 protocol.` };
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
