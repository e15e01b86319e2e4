import { ModelDeckError } from '../../foundation/error.ts';

/** How long a request may take, as a signal: the task's own, and a clock that can be stopped. */
export interface Limit {
  /** Aborted with the error to throw. */
  readonly signal: AbortSignal;
  /** Lets the clock run, from where it stopped. */
  start(): void;
  stop(): void;
  /** Milliseconds that are left. */
  remaining(): number;
  /** Rejects when the limit is reached before the promise has settled. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** As if the task were aborted. */
  cancel(): void;
  /** Forgets clock and task. */
  end(): void;
}

/** @param expired makes the error of a clock that has run down */
export function openLimit(
  task: { readonly signal?: AbortSignal | undefined } | undefined,
  milliseconds: number,
  expired: () => ModelDeckError,
): Limit {
  const controller = new AbortController();
  const cancel = (): void => controller.abort(ModelDeckError.cancelled());
  let left = milliseconds;
  let startedAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  if (task?.signal?.aborted) cancel();
  task?.signal?.addEventListener('abort', cancel, { once: true });

  const remaining = (): number => left - (startedAt === undefined ? 0 : performance.now() - startedAt);
  const stop = (): void => {
    clearTimeout(timer);
    left = remaining();
    startedAt = undefined;
  };
  return {
    signal: controller.signal,
    start() {
      startedAt ??= performance.now();
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(expired()), remaining());
    },
    stop,
    remaining,
    cancel,
    race<T>(promise: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const abort = (): void => reject(controller.signal.reason as ModelDeckError);
        if (controller.signal.aborted) abort();
        controller.signal.addEventListener('abort', abort, { once: true });
        promise.then(resolve, reject).finally(() => controller.signal.removeEventListener('abort', abort));
      });
    },
    end() {
      stop();
      task?.signal?.removeEventListener('abort', cancel);
    },
  };
}
