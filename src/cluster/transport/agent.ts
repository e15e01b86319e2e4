import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { SocksProxy } from 'socks';

const tunnelTimeoutMs = 30_000;

/** Idle connections are given up before load balancers do (the usual limit is 60 s), so that none dies under a request. */
const options = { keepAlive: true, timeout: 50_000, scheduling: 'lifo' } as const;

/**
 * The agent of a connection: sockets are kept open, and reach the server through the proxy, when there is one. TLS options
 * come with each request.
 * @param proxy http:, https: or socks5: address
 */
export function openAgent(server: URL, proxy: string | undefined): http.Agent {
  const secure = server.protocol === 'https:';
  const agent = secure ? new https.Agent(options) : new http.Agent(options);
  if (proxy !== undefined) {
    const tunnelled = agent as unknown as { createConnection: CreateConnection };
    const connect = tunnelled.createConnection.bind(agent);
    tunnelled.createConnection = (target, callback) => {
      openTunnel(new URL(proxy), target.host, Number(target.port)).then(
        (socket) => callback?.(null, secure ? connect({ ...target, socket }) : socket),
        (error: Error) => callback?.(error),
      );
      return undefined;
    };
  }
  return agent;
}

/** The address of a proxy without its user name and password, for messages. */
export function proxyName(proxy: string): string {
  const { protocol, host } = new URL(proxy);
  return `${protocol}//${host}`;
}

/** How Node's agents make a socket, at once or by the callback. */
type CreateConnection = (
  target: { readonly host: string; readonly port: number | string; readonly socket?: Duplex },
  callback?: (error: Error | null, socket?: Duplex) => void,
) => Duplex | undefined;

function openTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  return proxy.protocol.startsWith('socks') ? socksTunnel(proxy, host, port) : httpTunnel(proxy, host, port);
}

async function socksTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const { SocksClient } = await import('socks');
  const address: SocksProxy = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || 1080),
    type: 5,
    ...(proxy.username !== '' && {
      userId: decodeURIComponent(proxy.username),
      password: decodeURIComponent(proxy.password),
    }),
  };
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: address,
      command: 'connect',
      destination: { host, port },
      timeout: tunnelTimeoutMs,
    });
    return socket;
  } catch (error) {
    // It has no codes, only words.
    const wantsSignIn = error instanceof Error && /authentication (failed|type)/i.test(error.message);
    throw wantsSignIn ? Object.assign(error, { proxyStatus: 407 }) : error;
  }
}

/** HTTP CONNECT. Written here since the editor replaces `http.request` for extensions and would drop our agents. */
function httpTunnel(proxy: URL, host: string, port: number): Promise<net.Socket> {
  const target = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const name = proxy.hostname.replace(/^\[|\]$/g, '');
  const secure = proxy.protocol === 'https:';
  const at = { host: name, port: Number(proxy.port || (secure ? 443 : 80)) };
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const request = new http.ClientRequest({
      ...at,
      method: 'CONNECT',
      path: target,
      headers: {
        Host: target,
        ...(user !== ':' && { 'Proxy-Authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      createConnection: () =>
        secure ? tls.connect({ ...at, ...(net.isIP(name) === 0 && { servername: name }) }) : net.connect(at),
      timeout: tunnelTimeoutMs,
    });
    const fail = (error: Error): void => {
      request.destroy();
      reject(error);
    };
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else fail(Object.assign(new Error('The proxy refused the tunnel.'), { proxyStatus: response.statusCode }));
    });
    // A proxy that answers otherwise than with a tunnel.
    request.once('response', (response) =>
      fail(Object.assign(new Error('The proxy refused the tunnel.'), { proxyStatus: response.statusCode })),
    );
    request.once('timeout', () => fail(Object.assign(new Error('The proxy did not answer.'), { code: 'ETIMEDOUT' })));
    request.once('error', fail);
    request.end();
  });
}
