import type { Workers } from './modelServer.ts';

/** Where a log has a pattern for the last time; -1 where it does not. @param pattern with the flag `g` */
export function lastIndex(log: string, pattern: RegExp): number {
  return [...log.matchAll(pattern)].at(-1)?.index ?? -1;
}

/** What a log says of a model by the later of two: that it was loaded, and that it could not be. */
export function loadedOrFailed(log: string, loaded: RegExp, failed: RegExp): Workers {
  const [loadedAt, failedAt] = [lastIndex(log, loaded), lastIndex(log, failed)];
  if (Math.max(loadedAt, failedAt) < 0) return 'unknown';
  return loadedAt > failedAt ? 'loaded' : 'failed';
}
