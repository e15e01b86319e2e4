import type { Readable } from 'node:stream';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ClaimShell, ScriptAnswer, ScriptCall } from './claimShell.ts';
import { blockSize, digestScript, receiveScript } from './scripts.ts';

export interface FileTransfer {
  /** Path below the claim. */
  readonly file: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where the stream begins, in blocks. */
  readonly from: number;
  /** Exactly the bytes from there on. */
  readonly bytes: Readable;
}

export interface FileCall extends Omit<ScriptCall, 'stdin' | 'onSent'> {
  /** Bytes of the whole file that have left. */
  readonly onSent?: (bytes: number) => void;
}

/**
 * Sends a file to the claim.
 *
 * @returns the sha256 of what is on its disk then
 * @throws ModelDeckError `no-space`, `permission`…; `server` when it did not take all the bytes
 */
export async function sendFile(shell: ClaimShell, transfer: FileTransfer, call: FileCall): Promise<string> {
  const { file, size, from, bytes } = transfer;
  const answer = await shell.run(receiveScript, [file, String(from), String(size)], {
    ...call,
    needs: size - from * blockSize,
    stdin: bytes,
    onSent: (sent) => call.onSent?.(Math.min(size, from * blockSize + sent)),
  });
  return digestOf(answer, call);
}

/** sha256 of the first blocks of a file in the claim. */
export async function hashBlocks(shell: ClaimShell, file: string, blocks: number, call: ScriptCall): Promise<string> {
  return digestOf(await shell.run(digestScript, [file, String(blocks)], call), call);
}

/** A line of its own: `sha256sum` and `openssl` write the name of what they read behind it. */
function digestOf({ stdout }: ScriptAnswer, { doing }: Pick<ScriptCall, 'doing'>): string {
  const digest = /^([0-9a-f]{64})\b/m.exec(stdout)?.[1];
  if (digest !== undefined) return digest;
  throw new ModelDeckError('server', `The upload pod was cut off while it should ${doing}.`, {
    nextStep: { kind: 'retry' },
  });
}
