import { setTimeout as delay } from 'node:timers/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import { openBackoff } from '../transport/backoff.ts';
import type { ClusterConnection, ListQuery, WatchEvent } from '../clusterConnection.ts';
import { statusOf } from '../clusterErrors.ts';
import type { LiveList, LiveListState, RowOf } from './liveList.ts';
import type { KubeObject, ObjectMeta, ResourceType } from './resource.ts';

export type LiveListQuery = Pick<ListQuery<KubeObject>, 'namespace' | 'labelSelector' | 'fieldSelector' | 'pageSize'>;

/** In milliseconds. */
export interface LiveListTiming {
  readonly firstRetry: number;
  readonly longestRetry: number;
  readonly notice: number;
}

const usualTiming: LiveListTiming = { firstRetry: 1000, longestRetry: 30_000, notice: 100 };

/** Lists and follows objects of a kind, from now on until it is closed. @param rowOf makes what is kept of each object */
export function openLiveList<T extends KubeObject, Row>(
  connection: Pick<ClusterConnection, 'list' | 'watch'>,
  type: ResourceType<T>,
  query: LiveListQuery,
  rowOf: RowOf<T, Row>,
  timing: LiveListTiming = usualTiming,
): LiveList<Row> {
  const listeners = new Set<() => void>();
  let state: LiveListState<Row> = { phase: 'loading', rows: new Map() };
  let rows = new Map<string, Row>();
  /** The version that the rows have; undefined when the list must be read again. */
  let version: string | undefined;
  let listed = false;
  let waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  let noticeTimer: NodeJS.Timeout | undefined;
  let running: AbortController | undefined;

  function change(next: Partial<Omit<LiveListState<Row>, 'rows'>> = {}): void {
    const { phase = state.phase } = next;
    // Without an error of its own, a phase ends the one before.
    const error = 'phase' in next ? next.error : state.error;
    state = { phase, rows, ...(error !== undefined && { error }) };
    noticeTimer ??= setTimeout(() => {
      noticeTimer = undefined;
      for (const listener of [...listeners]) listener();
    }, timing.notice);
  }

  function settle(how: (waiter: (typeof waiting)[number]) => void): void {
    const settled = waiting;
    waiting = [];
    settled.forEach(how);
  }

  async function run(signal: AbortSignal): Promise<void> {
    const backoff = openBackoff(timing.firstRetry, timing.longestRetry);
    let shortWatches = 0;
    while (!signal.aborted) {
      let openedAt = performance.now();
      try {
        version ??= await readList(signal);
        openedAt = performance.now();
        await follow(version, signal);
      } catch (error) {
        if (signal.aborted) return;
        fail(error);
        if (!mendsByItself(error)) return;
        if (performance.now() - openedAt > backoff.current()) backoff.reset();
        const isRefused = ModelDeckError.is(error) && error.category === 'unauthorized';
        await pauseFor(backoff.next(isRefused ? timing.longestRetry : 0), signal);
        continue;
      }
      // A server that ends each watch at once is not asked without a pause.
      shortWatches = performance.now() - openedAt < timing.firstRetry ? shortWatches + 1 : 0;
      if (shortWatches > 1) await pauseFor(backoff.next(), signal);
      else backoff.reset();
    }
  }

  async function readList(signal: AbortSignal): Promise<string> {
    const fresh = new Map<string, Row>();
    // The first list is shown as it grows; later ones replace the last known rows when they are whole.
    if (!listed) rows = fresh;
    const { resourceVersion } = await connection.list(
      type,
      {
        ...query,
        onPage: (page) => {
          if (signal.aborted) return;
          for (const object of page) fresh.set(rowKey(object.metadata), rowOf(object));
          if (!listed) change({ phase: 'loading' });
        },
      },
      { signal },
    );
    if (signal.aborted) throw ModelDeckError.cancelled();
    rows = fresh;
    listed = true;
    change({ phase: 'live' });
    settle(({ resolve }) => resolve());
    return resourceVersion;
  }

  async function follow(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const end = await connection.watch(
      type,
      {
        ...query,
        resourceVersion,
        onOpen: () => {
          if (!signal.aborted && state.phase !== 'live') change({ phase: 'live' });
        },
        onEvent: (event) => {
          if (!signal.aborted) take(event);
        },
      },
      { signal },
    );
    if (end === 'expired' && !signal.aborted) version = undefined;
  }

  function take(event: WatchEvent<T>): void {
    if (event.type === 'bookmark') {
      version = event.resourceVersion;
      return;
    }
    const key = rowKey(event.object.metadata);
    if (event.type === 'deleted') rows.delete(key);
    else rows.set(key, rowOf(event.object));
    version = event.object.metadata.resourceVersion ?? version;
    change();
  }

  function fail(error: unknown): void {
    change({ phase: listed && isPassing(error) ? 'stale' : 'failed', error });
    settle(({ reject }) => reject(error));
  }

  function start(): void {
    const controller = new AbortController();
    running = controller;
    void run(controller.signal).finally(() => {
      if (running === controller) running = undefined;
    });
  }

  start();
  return {
    state: () => state,
    onDidChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    whenListed() {
      if (listed) return Promise.resolve();
      if (state.phase === 'failed') return failedList(state.error);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    pause() {
      if (running === undefined) return;
      running.abort();
      running = undefined;
      if (state.phase === 'live') change({ phase: 'stale' });
    },
    resume() {
      if (running !== undefined) return;
      version = undefined;
      if (state.phase === 'failed') change({ phase: listed ? 'stale' : 'loading' });
      start();
    },
    close() {
      running?.abort();
      running = undefined;
      clearTimeout(noticeTimer);
      listeners.clear();
      settle(({ reject }) => reject(ModelDeckError.cancelled()));
    },
  };
}

/** `namespace/name`, or the name alone for kinds that have no namespace. */
export function rowKey({ namespace, name }: ObjectMeta): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

async function failedList(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}

/** Whether the last known rows still say something while the error lasts. */
function isPassing(error: unknown): boolean {
  if (!ModelDeckError.is(error)) return true;
  return !['forbidden', 'unauthorized', 'missing-tool', 'not-found', 'invalid-input'].includes(error.category);
}

/** A credential plugin that failed may open a browser each time: it is not run again before someone asks for it. */
function mendsByItself(error: unknown): boolean {
  if (!ModelDeckError.is(error)) return true;
  return !['unauthorized', 'missing-tool'].includes(error.category) || statusOf(error) !== undefined;
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
