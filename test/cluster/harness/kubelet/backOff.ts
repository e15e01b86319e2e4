import { setTimeout as delay } from 'node:timers/promises';

/** A kubelet waits 10 s before the second start of a container, then twice as long each time, up to five minutes. */
export function backOffSeconds(failures: number): number {
  return Math.min(300, 10 * 2 ** (failures - 1));
}

/** In Go's notation: `10s`, `1m20s`, `5m0s`. */
export function goDuration(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Resolves at the end of the time or at once when aborted. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
