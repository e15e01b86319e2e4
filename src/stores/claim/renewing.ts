import { sleep } from '../../foundation/abortable.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled } from '../../foundation/task.ts';
import type { ClaimShell, ScriptCall } from './claimShell.ts';
import { renewScript } from './scripts.ts';

export interface HeldLock {
  readonly name: string;
  readonly version: string;
  readonly owner: string;
  /** For which it is taken each time. */
  readonly seconds: number;
  /** Milliseconds between two renewals. */
  readonly every: number;
}

/**
 * Keeps a version locked while it is worked on.
 *
 * @param work gets a signal that is aborted with `call.signal`, and when the lock turns out to be another one's
 * @returns what the work returns, or `lost`
 */
export async function renewing<Result>(
  lock: HeldLock,
  shell: ClaimShell,
  call: ScriptCall,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | 'lost'> {
  const end = new AbortController();
  let isLost = false;
  const signal = call.signal ? AbortSignal.any([call.signal, end.signal]) : end.signal;
  const renewals = (async () => {
    while (!end.signal.aborted) {
      await sleep(lock.every, signal);
      const args = [lock.name, lock.version, lock.owner, String(lock.seconds)];
      // A renewal that fails says nothing: the work notices itself when the cluster is out of reach.
      const answer = await shell.run(renewScript, args, { ...call, signal }).catch(() => undefined);
      if (answer?.stdout.startsWith('lost')) {
        isLost = true;
        end.abort();
      }
    }
  })().catch((error: unknown) => {
    if (!ModelDeckError.is(error) || error.category !== 'cancelled') throw error;
  });
  try {
    return await work(signal);
  } catch (error) {
    throwIfCancelled(call);
    if (isLost) return 'lost';
    throw error;
  } finally {
    end.abort();
    await renewals;
  }
}
