import { createServer, request } from 'node:http';
import { waitUntil } from '../waitUntil.ts';
import type { Cluster } from './harness/cluster.ts';

const namespace = 'ingress-nginx';
const name = 'ingress-nginx-controller';
const settings = ['-n', 'kserve', 'configmap/inferenceservice-config'];

/** An ingress in front of one address, which it has for one host name only; nodes and a load balancer lead to it. */
export interface FakeIngress {
  readonly port: number;
  /** What was asked for: host and path. */
  readonly seen: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Stands in for an ingress controller, which would be an image: KServe is told that there is nginx, and the Service of its
 * name has a port of this machine as load balancer and node port.
 */
export async function startFakeIngress(cluster: Cluster, host: string, target: string): Promise<FakeIngress> {
  const seen: string[] = [];
  const server = createServer((asked, answer) => {
    seen.push(`${asked.headers.host} ${asked.url}`);
    if (asked.headers.host !== host) return void answer.writeHead(404).end('default backend - 404');
    const { method, headers, url = '' } = asked;
    const onward = request(target + url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  const port = await listenOnNodePort(server);
  const before = await cluster.kubectl(['get', ...settings, '-o', 'jsonpath={.data.ingress}']);
  const configure = (ingress: string): Promise<string> =>
    cluster.kubectl(['patch', ...settings, '--type=merge', '-p', JSON.stringify({ data: { ingress } })]);
  const told = { ...(JSON.parse(before) as object), disableIngressCreation: false, ingressClassName: 'nginx' };
  await configure(JSON.stringify(told));
  await cluster.createNamespace(namespace);
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { type: 'LoadBalancer', ports: [{ name: 'http', port, nodePort: port, targetPort: port }] },
  };
  await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(service) });
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } } });
  await cluster.kubectl([
    'patch',
    '-n',
    namespace,
    'service',
    name,
    '--subresource=status',
    '--type=merge',
    '-p',
    status,
  ]);
  return {
    port,
    seen,
    stop: async () => {
      await configure(before);
      await cluster.deleteNamespace(namespace);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Node ports have a range of their own. */
async function listenOnNodePort(server: ReturnType<typeof createServer>): Promise<number> {
  return waitUntil('one of the node ports is free', async () => {
    const port = 30_000 + Math.floor(Math.random() * 2768);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return port;
  });
}
