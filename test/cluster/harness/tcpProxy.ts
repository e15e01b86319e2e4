import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { DropOptions } from './cluster.ts';

/** A TCP proxy on 127.0.0.1 in front of a port of this machine, whose connections can be cut. */
export interface TcpProxy {
  readonly port: number;
  readonly bytesUp: () => number;
  readonly drop: (options?: DropOptions) => void;
  readonly dropAfter: (order: DropOptions & { readonly bytes: number }) => void;
  readonly stop: () => Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let [bytesUp, refusedUntil, dropAt] = [0, 0, Infinity];
  let afterwards: DropOptions = {};
  const drop = ({ refuseFor = 0 }: DropOptions = {}): void => {
    refusedUntil = Date.now() + refuseFor;
    // A reset, as a broken network gives; an orderly end could be taken for the end of the data.
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((client) => {
    if (Date.now() < refusedUntil) return void client.resetAndDestroy();
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      bytesUp += chunk.length;
      if (bytesUp < dropAt) return;
      dropAt = Infinity;
      drop(afterwards);
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    port: (server.address() as AddressInfo).port,
    bytesUp: () => bytesUp,
    drop,
    dropAfter: ({ bytes, ...options }) => {
      dropAt = bytesUp + bytes;
      afterwards = options;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
