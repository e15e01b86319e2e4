import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands in for the network of the pods, whose addresses exist on no interface: a program reaches them by HTTP_PROXY. Go tells
 * a proxy the Host header in place of the address that it dials.
 */
export interface PodProxy {
  readonly url: string;
  /** What answers for a host name. */
  readonly routes: Map<string, string>;
  readonly stop: () => Promise<void>;
}

export async function startPodProxy(): Promise<PodProxy> {
  const routes = new Map<string, string>();
  const server = http.createServer((asked, answer) => {
    const { host, pathname, search } = new URL(asked.url ?? '', 'http://nobody');
    const target = routes.get(host);
    if (target === undefined) return void answer.writeHead(502).end(`No pod for ${host}`);
    const { method, headers } = asked;
    const onward = http.request(target + pathname + search, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
