/** Waiting times between attempts: doubled each time, spread so that many do not come back at once. */
export interface Backoff {
  /** Milliseconds to wait now; the next will be longer. */
  next(atLeastMs?: number): number;
  /** The next wait before it is spread. */
  current(): number;
  reset(): void;
}

export function openBackoff(firstMs: number, longestMs: number): Backoff {
  let delay = firstMs;
  return {
    next(atLeastMs = 0) {
      const wait = Math.max(delay, atLeastMs);
      delay = Math.min(delay * 2, longestMs);
      return wait * (0.75 + Math.random() / 2);
    },
    current: () => delay,
    reset: () => void (delay = firstMs),
  };
}
