import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { Receiver, Sender } from 'ws';

/** The server's end of a WebSocket with channels, as an API server has it for exec and port-forward. */
export interface FakePodSocket {
  readonly url: URL;
  /** Subprotocols that the client offers. */
  readonly offered: readonly string[];
  readonly socket: Duplex;
  send(channel: number, data: string | Buffer): void;
  /** Called for each message. */
  onMessage: (channel: number, data: Buffer) => void;
  onClose: () => void;
  close(): void;
}

const message = { binary: true, compress: false, fin: true, mask: false };

/** Answers upgrades of a server. @param choose the subprotocol to answer with, or undefined to refuse with 403 */
export function servePods(
  server: http.Server,
  open: (pod: FakePodSocket) => void,
  choose: (offered: readonly string[]) => string | undefined = ([first]) => first,
): void {
  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(', ');
    const protocol = choose(offered);
    if (protocol === undefined) {
      const body = JSON.stringify({ kind: 'Status', code: 403, message: 'pods "p" is forbidden', reason: 'Forbidden' });
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const sender = new Sender(socket);
    const receiver = new Receiver({ isServer: true, maxPayload: 0 });
    const pod: FakePodSocket = {
      url: new URL(request.url ?? '/', 'http://fake'),
      offered,
      socket,
      send(channel, data) {
        sender.send(Buffer.concat([Buffer.of(channel), Buffer.from(data)]), message);
        // An API server ends the connection after the status.
        if (channel === 3) setImmediate(() => pod.close());
      },
      onMessage: () => undefined,
      onClose: () => undefined,
      close() {
        sender.close(1000, '', false);
        socket.end();
      },
    };
    receiver.on('message', (data: Buffer) => pod.onMessage(data[0] ?? 0, data.subarray(1)));
    receiver.on('conclude', () => socket.end());
    receiver.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => pod.onClose());
    socket.pipe(receiver);
    open(pod);
  });
}
