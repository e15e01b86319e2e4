/** The two halves of ws that we use; they belong to its exports and have no types of their own. */
declare module 'ws' {
  import type { Duplex, Writable } from 'node:stream';

  /** Writes frames to a socket. */
  export class Sender {
    constructor(socket: Duplex, extensions?: object, generateMask?: (mask: Buffer) => void);
    send(
      data: Uint8Array,
      options: { readonly binary: boolean; readonly compress: boolean; readonly fin: boolean; readonly mask: boolean },
      sent?: (error?: Error | null) => void,
    ): void;
    ping(data: Uint8Array, mask: boolean): void;
    pong(data: Uint8Array, mask: boolean): void;
    close(code: number, data: string, mask: boolean): void;
  }

  /**
   * Reads frames. Emits `message` (data, isBinary), `ping` and `pong` (data), `conclude` (code) when the other side closes,
   * `error`.
   */
  export class Receiver extends Writable {
    constructor(options: { readonly isServer: boolean; readonly maxPayload: number });
  }
}
