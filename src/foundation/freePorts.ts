import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Where ports are looked for: below those that Linux (32768), macOS and Windows (49152) give to outgoing connections, above
 * the usual servers' and below the node ports of Kubernetes (30000). A port that the system chose itself is given away to the
 * next connection before a slow program, such as Java, listens on it.
 */
const [lowest, end] = [11_000, 30_000];
/** So many taken ports in a row mean that something else is wrong. */
const mostTries = 200;
/** Not given twice by one process: the program that got it may not listen yet. */
const given = new Set<number>();

/**
 * Ports of 127.0.0.1 for programs that cannot choose one themselves and say which. They were free a moment ago, and differ.
 *
 * @throws Error the system's own, when no port can be listened on
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries += 1) {
      const port = randomInt(lowest, end);
      if (given.has(port)) continue;
      try {
        held.push(await listen(port));
      } catch (error) {
        if (tries < mostTries) continue;
        throw error;
      }
      given.add(port);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map(close));
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
