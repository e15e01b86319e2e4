import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Endpoint } from '../../../src/inference/index.ts';

export type Handler = (body: string, request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server on this computer, an endpoint that points to it, and what it saw. */
export interface TestServer {
  readonly endpoint: Endpoint;
  /** Method and path of each request. */
  readonly asked: readonly string[];
  /** The connections that were opened so far. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** @param encoding how bodies are handed to the handler; `latin1` keeps their bytes */
export async function startServer(
  handler: Handler,
  change: Partial<Endpoint> = {},
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<TestServer> {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    let body = '';
    request.setEncoding(encoding).on('data', (chunk: string) => (body += chunk));
    request.on('end', () => handler(body, request, response));
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: endpointAt(baseUrl, change),
    asked,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function endpointAt(baseUrl: string, change: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'kserve:minikube/ml/cat',
    label: 'cat',
    targetLabel: 'ml on minikube',
    baseUrl,
    modelName: 'cat',
    protocol: 'v1',
    maxRequestBytes: 6_553_500,
    imageEncoding: 'rgb-jpeg',
    ...change,
  };
}
