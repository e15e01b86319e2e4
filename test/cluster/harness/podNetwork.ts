import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Forward } from './kubelet/kwokObjects.ts';

/**
 * The network of the pods, whose addresses exist on no interface: the API server dials by CONNECT through this
 * proxy, which knows the port of 127.0.0.1 that answers for a pod's.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/ for the configuration of the API server
 */
export interface PodNetwork {
  /** Contents of the API server's `--egress-selector-config-file`. */
  readonly egressConfig: string;
  /** What answers at the address from now on; nothing for an empty list. */
  readonly route: (podIP: string, forwards: readonly Forward[]) => void;
  readonly stop: () => Promise<void>;
}

const here = '127.0.0.1';

/** @param folder where its socket lies: the API server knows no plain TCP for this */
export async function startPodNetwork(folder: string): Promise<PodNetwork> {
  const hostPorts = new Map<string, readonly Forward[]>();
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  const hostPortOf = (address = '', port: number): number | undefined =>
    address === here ? port : hostPorts.get(address)?.find(({ podPort }) => podPort === port)?.hostPort;

  const server = createServer();
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    keep(client);
    const [address, port] = (request.url ?? '').split(':');
    const hostPort = hostPortOf(address, Number(port));
    if (hostPort === undefined) return void client.end('HTTP/1.1 502 No such pod\r\n\r\n');
    const upstream = connect(hostPort, here, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream);
      upstream.pipe(client);
    });
    keep(upstream);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const socket = path.join(folder, 'pods.sock');
  server.listen(socket);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    egressConfig: egressConfig(socket),
    route: (podIP, forwards) => {
      if (forwards.length === 0) hostPorts.delete(podIP);
      else hostPorts.set(podIP, [...forwards]);
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function egressConfig(socket: string): string {
  return `apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
  - name: cluster
    connection:
      proxyProtocol: HTTPConnect
      transport:
        uds:
          udsName: ${JSON.stringify(socket)}
`;
}
