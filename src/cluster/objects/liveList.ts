import type { KubeObject } from './resource.ts';

/** What {@link LiveList} shows at a moment. */
export interface LiveListState<Row> {
  /**
   * `loading` until the first list is whole; `live` while the watch runs; `stale` while it heals (rows are the last known);
   * `failed` while there is nothing to show, or the server says no.
   */
  readonly phase: 'loading' | 'live' | 'stale' | 'failed';
  /** Rows by `namespace/name`; by the name alone for kinds without a namespace. The map changes as the list does. */
  readonly rows: ReadonlyMap<string, Row>;
  /** Why it is stale or failed. */
  readonly error?: unknown;
}

/**
 * A list that follows its cluster: listed page by page, then watched, watched again with back-off after an error, listed
 * again after a 410. Only what `row` makes of an object is kept, so that ten thousand objects fit.
 */
export interface LiveList<Row> {
  readonly state: () => LiveListState<Row>;
  /** Called after changes, many in a row as one (at most every 100 ms). Returns the function that ends the subscription. */
  readonly onDidChange: (listener: () => void) => () => void;
  /**
   * Resolves when the first list is whole.
   * @throws ModelDeckError why it could not be read. It is tried again meanwhile, except after a credential plugin that
   *   failed or is missing: that waits for {@link resume}
   */
  readonly whenListed: () => Promise<void>;
  /** Stops watching and keeps the rows; {@link resume} lists again. For views that are hidden. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

/** Makes the row of an object, which is not kept itself. */
export type RowOf<T extends KubeObject, Row> = (object: T) => Row;
