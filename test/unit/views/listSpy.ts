import type { LiveList, LiveListState } from '../../../src/cluster/objects/liveList.ts';

/** A LiveList that shows what the test says, and remembers what was asked of it. */
export class ListSpy<Row> implements LiveList<Row> {
  readonly calls: string[] = [];
  /** Resolves when somebody listens. */
  readonly opened: Promise<void>;
  private isOpened: () => void = () => undefined;
  private current: LiveListState<Row> = { phase: 'loading', rows: new Map() };
  private readonly listeners = new Set<() => void>();

  constructor() {
    this.opened = new Promise((resolve) => (this.isOpened = resolve));
  }

  set(state: LiveListState<Row>): void {
    this.current = state;
    this.listeners.forEach((listener) => listener());
  }

  state = (): LiveListState<Row> => this.current;

  onDidChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    // Whoever listens goes on in the same turn, for example with pause().
    queueMicrotask(this.isOpened);
    return () => void this.listeners.delete(listener);
  };

  whenListed = (): Promise<void> => Promise.resolve();
  pause = (): void => void this.calls.push('pause');
  resume = (): void => void this.calls.push('resume');
  close = (): void => void this.calls.push('close');
}
