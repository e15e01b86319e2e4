import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openConnection } from '../../../src/cluster/openConnection.ts';
import type { ConnectionOptions } from '../../../src/cluster/openConnection.ts';
import type { ClusterConnection } from '../../../src/cluster/clusterConnection.ts';
import type { KubeObject, ResourceType } from '../../../src/cluster/objects/resource.ts';
import { waitUntil } from '../../waitUntil.ts';

/** What a request to the fake server was, with its body. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (asked: Asked, response: http.ServerResponse) => void;

/** An API server on loopback that answers as the test says, with what was asked of it. */
export interface FakeApiServer {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  readonly server: http.Server;
  close(): Promise<void>;
}

export async function startFakeApiServer(
  answer: Answer,
  options: { readonly port?: number; readonly tls?: https.ServerOptions } = {},
): Promise<FakeApiServer> {
  const asked: Asked[] = [];
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://fake'),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      asked.push(one);
      answer(one, response);
    });
  };
  const server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A folder with a kubeconfig, and connections by it. */
export interface Desk {
  readonly folder: string;
  write(name: string, content: string): Promise<string>;
  /** Connects to a server as the user that the kubeconfig's text describes. */
  connect(server: string, options?: ConnectOptions): Promise<ClusterConnection>;
  close(): Promise<void>;
}

export interface ConnectOptions extends Partial<ConnectionOptions> {
  readonly user?: object;
  readonly cluster?: object;
  readonly context?: object;
}

const fixtures = path.join(import.meta.dirname, 'fixtures');
/** Certificate of the fake servers that speak TLS, for 127.0.0.1. It is its own authority. */
export const fakeAuthority = path.join(fixtures, 'issuer-cert.pem');

/** A fake API server with TLS: over plain http no credentials are sent. */
export async function startSecureApiServer(
  answer: Answer,
  options: { readonly port?: number } = {},
): Promise<FakeApiServer> {
  const [cert, key] = await Promise.all([readFile(fakeAuthority), readFile(path.join(fixtures, 'issuer-key.pem'))]);
  return startFakeApiServer(answer, { ...options, tls: { cert, key } });
}

export async function openDesk(): Promise<Desk> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-cluster-'));
  const connections: ClusterConnection[] = [];
  let count = 0;
  const write = async (name: string, content: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, content, { mode: 0o700 });
    return file;
  };
  return {
    folder,
    write,
    async connect(server, { user = {}, cluster = {}, context = {}, ...options } = {}) {
      const authority = server.startsWith('https:') &&
        !('insecure-skip-tls-verify' in cluster) && { 'certificate-authority': fakeAuthority };
      const config = {
        'current-context': 'desk',
        contexts: [{ name: 'desk', context: { cluster: 'fake', user: 'ada', namespace: 'ml', ...context } }],
        clusters: [{ name: 'fake', cluster: { server, ...authority, ...cluster } }],
        users: [{ name: 'ada', user }],
      };
      const file = await write(`config-${count++}`, JSON.stringify(config));
      const connection = await openConnection({ files: [file], contextName: 'desk', environment: {}, ...options });
      connections.push(connection);
      return connection;
    },
    async close() {
      for (const connection of connections) connection.close();
      await rm(folder, { recursive: true });
    },
  };
}

export interface Widget extends KubeObject {
  readonly spec?: { readonly size: number };
}

export const widgets: ResourceType<Widget> = {
  group: 'shop.example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

export function widget(name: string, resourceVersion = '1', namespace = 'ml'): Widget {
  return { metadata: { name, namespace, resourceVersion }, spec: { size: 1 } };
}

export function sendJson(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

export function sendStatus(
  response: http.ServerResponse,
  code: number,
  message: string,
  more: object = {},
  headers: http.OutgoingHttpHeaders = {},
): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, ...more };
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(status));
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  await waitUntil(`this holds: ${condition.toString()}`, condition);
}
