import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { proxyFromEnvironment } from '../../../src/cluster/transport/proxy.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { openDesk, sendJson, startFakeApiServer, widget, widgets } from './fakeApiServer.ts';
import type { ConnectOptions, Desk, FakeApiServer } from './fakeApiServer.ts';
import { servePods } from './fakePod.ts';

describe('proxyFromEnvironment', () => {
  const proxy = 'http://proxy.example.com:3128';
  const find = (server: string, environment: NodeJS.ProcessEnv) => proxyFromEnvironment(new URL(server), environment);

  it('goes by the protocol of the server, in upper or lower case', () => {
    assert.equal(find('https://a.example.com', { HTTPS_PROXY: proxy }), proxy);
    assert.equal(find('https://a.example.com', { https_proxy: proxy }), proxy);
    assert.equal(find('http://a.example.com', { HTTPS_PROXY: proxy }), undefined);
    assert.equal(find('http://a.example.com', { http_proxy: proxy }), proxy);
    assert.equal(find('https://a.example.com', {}), undefined);
    assert.equal(find('https://a.example.com', { HTTPS_PROXY: 'proxy:3128' }), 'http://proxy:3128');
  });

  it('leaves loopback alone', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]']) {
      assert.equal(find(`https://${host}:6443`, { HTTPS_PROXY: proxy }), undefined, host);
    }
  });

  for (const [exception, direct, through] of [
    ['*', ['https://a.example.com', 'https://10.0.0.1'], []],
    ['example.com', ['https://example.com', 'https://a.example.com:6443'], ['https://notexample.com']],
    ['.example.com', ['https://a.example.com'], ['https://example.com', 'https://example.org']],
    ['*.example.com', ['https://a.example.com'], ['https://example.com']],
    ['Example.COM:6443', ['https://example.com:6443'], ['https://example.com', 'https://example.com:8443']],
    ['example.com:443', ['https://example.com'], ['https://example.com:6443']],
    ['192.168.49.2', ['https://192.168.49.2:8443'], ['https://192.168.49.20']],
    ['192.168.49.2:8443', ['https://192.168.49.2:8443'], ['https://192.168.49.2:6443']],
    ['192.168.59.0/24,10.96.0.0/12', ['https://192.168.59.100:8443', 'https://10.97.1.2'], ['https://10.112.0.1']],
    ['fd00::/8', ['https://[fd12::1]:6443'], ['https://[fe80::1]']],
    [' a.example.com , b.example.com', ['https://a.example.com', 'https://b.example.com'], ['https://c.example.com']],
    ['not/arange,10.0.0.0/99', [], ['https://10.0.0.1', 'https://not']],
    ['', [], ['https://a.example.com']],
  ] as const) {
    it(`takes NO_PROXY=${exception} as Go does`, () => {
      for (const server of direct) {
        assert.equal(find(server, { HTTPS_PROXY: proxy, NO_PROXY: exception }), undefined, server);
        assert.equal(find(server, { HTTPS_PROXY: proxy, no_proxy: exception }), undefined, server);
      }
      for (const server of through)
        assert.equal(find(server, { HTTPS_PROXY: proxy, NO_PROXY: exception }), proxy, server);
    });
  }
});

describe('a connection through a proxy', { timeout: 120_000 }, () => {
  let desk: Desk;
  let server: FakeApiServer;
  let httpProxy: http.Server;
  let socksProxy: net.Server;
  /** What the proxies were asked for. */
  let tunnels: string[];
  let authorization: string | undefined;
  /** Answers another status instead of making a tunnel. */
  let refuse: number | undefined;

  before(async () => {
    desk = await openDesk();
    server = await startFakeApiServer((_, response) => sendJson(response, widget('a')));
    servePods(server.server, (pod) => pod.send(3, JSON.stringify({ status: 'Success' })));
    httpProxy = http.createServer();
    httpProxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      tunnels.push(request.url ?? '');
      authorization = request.headers['proxy-authorization'];
      if (refuse !== undefined) return void client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
      const target = net.connect(server.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      for (const socket of [client, target]) socket.on('error', () => undefined);
    });
    socksProxy = net.createServer((client) => void serveSocks(client));
    await Promise.all(
      [httpProxy, socksProxy].map((proxy) => new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))),
    );
  });
  after(async () => {
    await desk.close();
    await server.close();
    httpProxy.closeAllConnections();
    await Promise.all([httpProxy, socksProxy].map((proxy) => new Promise((done) => proxy.close(done))));
  });
  beforeEach(() => {
    tunnels = [];
    refuse = undefined;
  });

  /** SOCKS 5 (RFC 1928): greeting, sign-in where it is offered (RFC 1929), request by name or IPv4, tunnel. */
  async function serveSocks(client: net.Socket): Promise<void> {
    client.on('error', () => undefined);
    const next = () => new Promise<Buffer>((resolve) => client.once('data', resolve));
    const greeting = await next();
    const offersSignIn = greeting.subarray(2).includes(2);
    client.write(Buffer.of(5, offersSignIn ? 2 : 0));
    if (offersSignIn) {
      const said = await next();
      const user = said.subarray(2, 2 + (said[1] ?? 0));
      authorization = `${user.toString()}:${said.subarray(3 + user.length).toString()}`;
      client.write(Buffer.of(1, refuse === undefined ? 0 : 1));
      if (refuse !== undefined) return void client.end();
    }
    const request = await next();
    const [name, rest] =
      request[3] === 3
        ? [request.subarray(5, 5 + (request[4] ?? 0)).toString(), request.subarray(5 + (request[4] ?? 0))]
        : [[...request.subarray(4, 8)].join('.'), request.subarray(8)];
    tunnels.push(`${name}:${rest.readUInt16BE(0)}`);
    const target = net.connect(server.port, '127.0.0.1', () => {
      client.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
      client.pipe(target).pipe(client);
    });
    target.on('error', () => undefined);
  }

  const portOf = (proxy: net.Server) => (proxy.address() as AddressInfo).port;
  // The name is known to the proxies alone.
  const address = 'http://cluster.invalid:6443';
  const ask = async (options: ConnectOptions) => {
    const connection = await desk.connect(address, options);
    await connection.get(widgets, { name: 'a' });
    return connection;
  };

  it('tunnels requests and WebSockets, and keeps the tunnel open', async () => {
    const connection = await ask({ cluster: { 'proxy-url': `http://ada:p%40ss@127.0.0.1:${portOf(httpProxy)}` } });
    await connection.get(widgets, { name: 'b' });
    assert.deepEqual(tunnels, ['cluster.invalid:6443']);
    assert.equal(authorization, `Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
    const result = await connection.exec({ namespace: 'ml', pod: 'p', container: 'c', command: ['true'] });
    assert.equal(result.exitCode, 0);
  });

  it('takes the proxy of the environment where the kubeconfig names none', async () => {
    const environment = { HTTP_PROXY: `127.0.0.1:${portOf(httpProxy)}` };
    await ask({ environment });
    assert.deepEqual(tunnels, ['cluster.invalid:6443']);
    await ask({
      environment: { HTTP_PROXY: 'http://127.0.0.1:1' },
      cluster: { 'proxy-url': `http://${environment.HTTP_PROXY}` },
    });
    assert.equal(tunnels.length, 2);
  });

  it('speaks SOCKS 5, and leaves the name to the proxy', async () => {
    await ask({ cluster: { 'proxy-url': `socks5://127.0.0.1:${portOf(socksProxy)}` } });
    assert.deepEqual(tunnels, ['cluster.invalid:6443']);
  });

  it('signs in at a SOCKS proxy, and tells one that does not take it', async () => {
    const proxy = `socks5://ada:p%40ss@127.0.0.1:${portOf(socksProxy)}`;
    await ask({ cluster: { 'proxy-url': proxy } });
    assert.equal(authorization, 'ada:p@ss');
    assert.deepEqual(tunnels, ['cluster.invalid:6443']);
    refuse = 407;
    await assert.rejects(ask({ cluster: { 'proxy-url': proxy } }), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.category, 'unreachable');
      assert.match(error.message, /the proxy wants a user name and password \(through the proxy socks5:\/\/127/);
      assert.ok(!error.message.includes('p@ss'));
      return true;
    });
  });

  for (const [status, message] of [
    [407, /: the proxy wants a user name and password \(through the proxy http:\/\/127\.0\.0\.1:\d+\)\.$/],
    [502, /: the proxy answered 502 instead of connecting to cluster\.invalid:6443/],
  ] as const) {
    it(`tells a proxy that answers ${status}`, async () => {
      refuse = status;
      const asking = ask({ cluster: { 'proxy-url': `http://ada:hidden@127.0.0.1:${portOf(httpProxy)}` } });
      await assert.rejects(asking, (error) => {
        assert.ok(ModelDeckError.is(error));
        assert.equal(error.category, 'unreachable');
        assert.match(error.message, message);
        assert.ok(!error.message.includes('hidden'));
        return true;
      });
    });
  }

  it('tells a proxy that is not there', async () => {
    const asking = ask({ cluster: { 'proxy-url': 'http://127.0.0.1:1' } });
    await assert.rejects(asking, /nothing listens at .* \(through the proxy http:\/\/127\.0\.0\.1:1\)/);
  });
});
