/** A value that is made at the first question and then kept. */
export interface Once<T> {
  /** The value; all who ask while it is made get the same promise. */
  (): Promise<T>;
  /** The promise that is kept now, without making one: for whoever only wants to close what was made. */
  readonly known: () => Promise<T> | undefined;
  /** Makes the next question make it again. */
  readonly forget: () => void;
}

/**
 * Makes a value at most once. A failure is not kept: whoever asks next makes it again, so that one unreadable file or one
 * refused connection does not spoil the rest of the session.
 *
 * @param make called at the first question, and again after a failure or `forget()`
 */
export function once<T>(make: () => Promise<T>): Once<T> {
  let kept: Promise<T> | undefined;
  const ask = (): Promise<T> => {
    if (kept) return kept;
    // A `make` that throws before its first await fails the promise, not the caller.
    const making = Promise.resolve().then(make);
    kept = making;
    making.catch(() => {
      if (kept === making) kept = undefined;
    });
    return making;
  };
  return Object.assign(ask, {
    known: () => kept,
    forget: () => {
      kept = undefined;
    },
  });
}

/** The same for a value per key, for example a connection per context. */
export class OnceEach<Key, T> {
  private readonly kept = new Map<Key, Promise<T>>();

  /** The value of a key; `make` is called when none is kept, and what it makes is kept unless it fails. */
  get(key: Key, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key);
    if (known) return known;
    const making = Promise.resolve().then(make);
    this.kept.set(key, making);
    making.catch(() => {
      if (this.kept.get(key) === making) this.kept.delete(key);
    });
    return making;
  }

  /** What is kept, without making it. */
  known(key: Key): Promise<T> | undefined {
    return this.kept.get(key);
  }

  has(key: Key): boolean {
    return this.kept.has(key);
  }

  keys(): readonly Key[] {
    return [...this.kept.keys()];
  }

  forget(key: Key): void {
    this.kept.delete(key);
  }
}
