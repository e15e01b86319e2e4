import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Receiver, Sender } from 'ws';
import type { Task } from '../../foundation/task.ts';
import { openHeartbeat } from './heartbeat.ts';
import type { Rest, RestRequest } from './rest.ts';

/**
 * A WebSocket that carries several streams, each message beginning with the number of its channel: what the API server
 * speaks for `exec` and `portforward`.
 */
export interface ChannelSocket {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** Bytes that wait to be handed to the operating system. */
  readonly waiting: () => number;
  /** @param sent called when they have been handed to the operating system */
  send(channel: number, data: Uint8Array, sent?: () => void): void;
  pause(): void;
  resume(): void;
  /** Says goodbye and ends the connection. */
  close(): void;
}

export interface ChannelHandlers {
  readonly onMessage: (channel: number, data: Buffer, socket: ChannelSocket) => void;
  /** Called once, when the connection is over; with the reason when it broke. */
  readonly onEnd: (error?: Error) => void;
}

export interface ChannelRequest extends Pick<RestRequest, 'path' | 'doing'> {
  /** Subprotocols, the best first. */
  readonly protocols: readonly string[];
}

/** The server sends frames of 32 KiB or so; no message that we send is larger than a megabyte. */
const maxMessageBytes = 16 * 1024 * 1024;
/** After a goodbye the other side has this time to end the connection. */
const goodbyeMs = 2000;
const message = { binary: true, compress: false, fin: true, mask: true };
/** RFC 6455, section 1.3. */
const acceptKey = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Opens a WebSocket to the API server. ws frames the messages; its client is not used, because it asks through
 * `https.request`, which the editor replaces: agent and proxy would be lost.
 */
export async function openChannels(
  rest: Rest,
  { path, doing, protocols }: ChannelRequest,
  { onMessage, onEnd }: ChannelHandlers,
  task?: Task,
): Promise<ChannelSocket> {
  const key = randomBytes(16).toString('base64');
  const { response, socket, head } = await rest.upgrade(
    {
      method: 'GET',
      path,
      doing,
      headers: {
        // Some kubelets refuse to forward a port to whom they cannot answer in JSON.
        Accept: '*/*',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': protocols.join(', '),
      },
    },
    task,
  );
  const protocol = response.headers['sec-websocket-protocol'] ?? '';
  const accept = createHash('sha1').update(key).update(acceptKey).digest('base64');
  if (response.headers['sec-websocket-accept'] !== accept || !protocols.includes(protocol)) {
    socket.destroy();
    throw rest.broken(doing, new Error('the server answered with another protocol than it was asked for'));
  }

  const sender = new Sender(socket, {}, maskFor(socket));
  const receiver = new Receiver({ isServer: false, maxPayload: maxMessageBytes });
  let held = false;
  let over = false;

  function end(error?: Error): void {
    if (over) return;
    over = true;
    heartbeat.stop();
    socket.destroy();
    onEnd(error);
  }

  const channels: ChannelSocket = {
    protocol,
    waiting: () => socket.writableLength,
    send(channel, data, sent) {
      if (over) return;
      const framed = Buffer.allocUnsafe(data.length + 1);
      framed[0] = channel;
      framed.set(data, 1);
      sender.send(framed, message, (error) => {
        if (error) return;
        heartbeat.alive();
        sent?.();
      });
    },
    pause() {
      held = true;
      socket.pause();
    },
    resume() {
      held = false;
      socket.resume();
    },
    close() {
      if (over) return;
      over = true;
      heartbeat.stop();
      sender.close(1000, '', true);
      socket.end();
      setTimeout(() => socket.destroy(), goodbyeMs).unref();
    },
  };
  const heartbeat = openHeartbeat(
    () => sender.ping(Buffer.alloc(0), true),
    () => end(Object.assign(new Error('the connection is silent'), { code: 'ETIMEDOUT' })),
  );
  receiver.on('message', (data: Buffer) => {
    if (data.length > 0 && !over) onMessage(data[0] ?? 0, data.subarray(1), channels);
  });
  receiver.on('ping', (data: Buffer) => sender.pong(data, true));
  receiver.on('conclude', () => end());
  receiver.on('error', (error) => end(error));
  receiver.on('drain', () => {
    if (!held) socket.resume();
  });
  socket.on('data', (chunk: Buffer) => {
    heartbeat.alive();
    if (!receiver.write(chunk)) socket.pause();
  });
  socket.on('error', (error) => end(error));
  socket.on('close', () => end(Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' })));
  if (head.length > 0) socket.unshift(head);
  return channels;
}

/**
 * Masks keep scripts of web pages from planting text in proxies that cannot tell it from HTTP. Within TLS no proxy can read
 * it, so that the mask may be zero, which spares touching every byte.
 */
function maskFor(socket: Duplex): ((mask: Buffer) => void) | undefined {
  return 'encrypted' in socket && socket.encrypted ? (mask) => void mask.fill(0) : undefined;
}
