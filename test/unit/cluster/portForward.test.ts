import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ClusterConnection, PortForwardTarget } from '../../../src/cluster/clusterConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { openDesk, startFakeApiServer, until } from './fakeApiServer.ts';
import type { Desk, FakeApiServer } from './fakeApiServer.ts';
import { servePods } from './fakePod.ts';
import type { FakePodSocket } from './fakePod.ts';

const [data, error] = [0, 1];
/** 8080, as each channel begins. */
const port = Buffer.of(0x90, 0x1f);

describe('portForward', { timeout: 120_000 }, () => {
  let desk: Desk;
  let server: FakeApiServer;
  let connection: ClusterConnection;
  let onPod: (pod: FakePodSocket) => void;
  let errors: unknown[];

  beforeEach(async () => {
    desk = await openDesk();
    errors = [];
    server = await startFakeApiServer(() => undefined);
    servePods(server.server, (pod) => {
      pod.send(data, port);
      pod.send(error, port);
      onPod(pod);
    });
    connection = await desk.connect(server.url);
  });
  afterEach(async () => {
    await desk.close();
    await server.close();
  });

  const forward = (target: Partial<PortForwardTarget> = {}) =>
    connection.portForward({
      namespace: 'ml',
      pod: () => Promise.resolve('p'),
      port: 8080,
      onError: (reason) => errors.push(reason),
      ...target,
    });
  const dial = async (url: string): Promise<net.Socket> => {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => socket.on('error', resolve).once('connect', resolve));
    return socket;
  };
  const ended = async (socket: net.Socket): Promise<void> => {
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  };

  it('carries requests to the pod that is asked for at each connection', async () => {
    const pods: string[] = [];
    onPod = (pod) => {
      pods.push(pod.url.pathname + pod.url.search);
      pod.onMessage = (channel, message) => {
        assert.equal(channel, data);
        assert.match(message.toString(), /^GET \/v1 HTTP/);
        pod.send(data, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      };
    };
    let count = 0;
    const { url, ...forwarded } = await forward({ pod: () => Promise.resolve(`p${(count += 1)}`) });
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    for (let index = 0; index < 2; index += 1) {
      const request = http.get(`${url}/v1`, { agent: false });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal(response.statusCode, 200);
      response.resume();
    }
    assert.deepEqual(pods, [
      '/api/v1/namespaces/ml/pods/p1/portforward?ports=8080',
      '/api/v1/namespaces/ml/pods/p2/portforward?ports=8080',
    ]);
    forwarded.close();
  });

  it('carries much in both directions', async () => {
    const size = 8 * 1024 * 1024;
    onPod = (pod) => {
      pod.onMessage = (_, message) => pod.send(data, message);
    };
    const { url, ...forwarded } = await forward();
    const client = await dial(url);
    let received = 0;
    client.on('data', (part: Buffer) => (received += part.length));
    client.write(Buffer.alloc(size));
    await until(() => received === size);
    forwarded.close();
    await ended(client);
  });

  it('ends the connection by what the error channel says', async () => {
    onPod = (pod) => pod.send(error, 'connection refused in the pod');
    const { url, ...forwarded } = await forward();
    const client = await dial(url);
    await ended(client);
    const [reason] = errors;
    assert.ok(ModelDeckError.is(reason));
    assert.match(
      reason.message,
      /^Could not forward port 8080 of Pod ml\/p on desk: .*connection refused in the pod\.$/,
    );
    forwarded.close();
  });

  it('ends the connection when the pod cannot be found, and goes on listening', async () => {
    const { url, ...forwarded } = await forward({ pod: () => Promise.reject(new Error('no pod is ready')) });
    for (let index = 1; index <= 2; index += 1) {
      const client = await dial(url);
      await ended(client);
      assert.equal(errors.length, index);
    }
    forwarded.close();
  });

  it('ends the one side when the other has ended', async () => {
    let pod: FakePodSocket | undefined;
    let closed = 0;
    onPod = (opened) => {
      pod = opened;
      opened.onClose = () => (closed += 1);
    };
    const { url, ...forwarded } = await forward();
    const first = await dial(url);
    await until(() => pod !== undefined);
    first.destroy();
    await until(() => closed === 1);
    pod = undefined;
    const second = await dial(url);
    await until(() => pod !== undefined);
    second.resume();
    (pod as FakePodSocket | undefined)?.close();
    await ended(second);
    assert.deepEqual(errors, []);
    forwarded.close();
  });

  for (const [title, end] of [
    ['itself', (own: () => void) => own()],
    ['the whole connection', () => connection.close()],
  ] as const) {
    it(`leaves nothing open when it ends with ${title}`, async () => {
      let open = 0;
      onPod = (pod) => {
        open += 1;
        pod.onClose = () => (open -= 1);
      };
      const { url, ...forwarded } = await forward();
      const client = await dial(url);
      await until(() => open === 1);
      end(() => forwarded.close());
      await ended(client);
      await until(() => open === 0);
      const refused = net.connect(Number(new URL(url).port), '127.0.0.1');
      const [reason] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
      assert.equal(reason.code, 'ECONNREFUSED');
    });
  }
});
