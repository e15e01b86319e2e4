import { ModelDeckError } from './error.ts';

/**
 * The promise, or `cancelled` as soon as the signal fires. For work that cannot be told to stop itself: it goes on, and
 * what comes of it is dropped.
 *
 * @throws ModelDeckError `cancelled`; what the promise rejects with
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // Whoever cancels is not told of what fails afterwards.
  if (signal.aborted) work.catch(() => undefined);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(ModelDeckError.cancelled());
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Waits.
 * @param milliseconds of waiting
 * @throws ModelDeckError `cancelled` as soon as the signal fires
 */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await abortable(new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}
