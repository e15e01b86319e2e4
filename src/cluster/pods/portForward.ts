import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import { openChannels } from '../transport/channelSocket.ts';
import type { PortForward, PortForwardTarget } from '../clusterConnection.ts';
import { podPath, withQuery } from '../objects/resourcePath.ts';
import type { Rest } from '../transport/rest.ts';

/** Channels of one port. */
const channels = { data: 0, error: 1 } as const;
/** Each channel begins with the number of its port. */
const portBytes = 2;
/** Bytes that may wait for the network before the client is told to wait. */
const maxWaiting = 1024 * 1024;

/**
 * Carries connections to a free port of 127.0.0.1 to a port of a pod, each through a WebSocket of its own: one that breaks
 * takes no other along.
 */
export async function forwardPort(rest: Rest, target: PortForwardTarget, task?: Task): Promise<PortForward> {
  throwIfCancelled(task);
  const clients = new Set<Socket>();
  let closed = false;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    // What the client does is its own affair; its end is seen by `close`.
    client.on('error', () => undefined);
    carry(rest, target, client).catch((error: unknown) => {
      const isGone = client.destroyed;
      client.resetAndDestroy();
      if (!isGone) target.onError?.(error);
    });
  });
  const close = (): void => {
    closed = true;
    forget();
    server.close();
    for (const client of clients) client.destroy();
  };
  const forget = rest.onClose(close);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  if (closed) throw ModelDeckError.cancelled();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close };
}

/** Resolves when the connection is over. */
async function carry(rest: Rest, target: PortForwardTarget, client: Socket): Promise<void> {
  const gone = new AbortController();
  client.on('close', () => gone.abort());
  const pod = await target.pod();
  const doing = `forward port ${target.port} of Pod ${target.namespace}/${pod}`;
  const path = withQuery(podPath(target.namespace, pod, 'portforward'), { ports: target.port });
  const begun = new Set<number>();
  let settle: { resolve: () => void; reject: (error: unknown) => void };
  const over = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  over.catch(() => undefined);

  const socket = await openChannels(
    rest,
    { path, doing, protocols: ['v4.channel.k8s.io'] },
    {
      onMessage(channel, message, from) {
        const data = begun.has(channel) ? message : message.subarray(portBytes);
        begun.add(channel);
        if (data.length === 0) return;
        if (channel === channels.error) settle.reject(rest.broken(doing, new Error(data.toString('utf8'))));
        else if (!client.write(data)) from.pause();
      },
      onEnd: (error) => (error === undefined ? settle.resolve() : settle.reject(rest.broken(doing, error))),
    },
    { signal: gone.signal },
  );
  client.on('drain', () => socket.resume());
  client.on('data', (data: Buffer) => {
    socket.send(channels.data, data, () => client.resume());
    if (socket.waiting() > maxWaiting) client.pause();
  });
  gone.signal.addEventListener('abort', () => settle.resolve());
  client.resume();
  try {
    await over;
    client.end();
  } finally {
    socket.close();
  }
}
