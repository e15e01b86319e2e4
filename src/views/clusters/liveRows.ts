import { statusOf } from '../../cluster/clusterErrors.ts';
import type { LiveList, LiveListState } from '../../cluster/objects/liveList.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Live } from '../treeNode.ts';

/** Milliseconds that a row waits for its first children before it says that they are being read. */
const patience = 400;

/**
 * A {@link LiveList} behind a row: opened when the row's children are first on the screen, resting while they are not.
 * A list that fails heals by itself with its own back-off; one that could not even be opened (a context that is gone) is opened
 * again only when the user asks.
 */
export class LiveRows<Row> implements Live {
  private list: LiveList<Row> | undefined;
  private phase: 'new' | 'opening' | 'open' | 'failed' | 'closed' = 'new';
  private openError: unknown;
  private wanted = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly open: () => Promise<LiveList<Row>>,
    private readonly changed: () => void,
    private readonly onClosed: () => void = () => undefined,
  ) {}

  show(): void {
    this.wanted = true;
    if (this.phase === 'closed') return;
    if (this.phase === 'new') void this.start();
    else if (!waitsForUser(this.state())) this.list?.resume();
  }

  hide(): void {
    this.wanted = false;
    if (this.phase !== 'closed') this.list?.pause();
  }

  close(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.list?.close();
    this.settle();
    this.onClosed();
  }

  /** Now, whatever the back-off says. */
  retry(): void {
    if (this.phase === 'failed') void this.start();
    if (this.phase !== 'open') return;
    this.list?.pause();
    this.list?.resume();
  }

  state(): LiveListState<Row> {
    if (this.list) return this.list.state();
    if (this.phase === 'failed') return { phase: 'failed', rows: new Map(), error: this.openError };
    return { phase: 'loading', rows: new Map() };
  }

  /** Resolves when there is something to show, rows or a reason, and after a moment in any case. */
  async settled(): Promise<void> {
    if (this.phase === 'closed' || this.state().phase !== 'loading') return;
    let timer: NodeJS.Timeout | undefined;
    let done: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      done = resolve;
      this.waiting.add(resolve);
      timer = setTimeout(resolve, patience);
    });
    clearTimeout(timer);
    if (done) this.waiting.delete(done);
  }

  private async start(): Promise<void> {
    this.phase = 'opening';
    try {
      const list = await this.open();
      if (this.isClosed()) return list.close();
      this.list = list;
      this.phase = 'open';
      list.onDidChange(() => this.tell());
      if (!this.wanted) list.pause();
      if (list.state().phase !== 'loading') this.tell();
    } catch (error) {
      if (this.isClosed()) return;
      this.phase = 'failed';
      this.openError = error;
      this.tell();
    }
  }

  // A method, because the compiler does not see that the phase changes while start() waits.
  private isClosed(): boolean {
    return this.phase === 'closed';
  }

  private tell(): void {
    if (this.state().phase !== 'loading') this.settle();
    this.changed();
  }

  private settle(): void {
    this.waiting.forEach((done) => done());
    this.waiting.clear();
  }
}

/** A credential plugin failed, or was not allowed: it is not run again because a view is opened, it may open a browser. */
function waitsForUser({ phase, error }: LiveListState<unknown>): boolean {
  if (phase !== 'failed' || !ModelDeckError.is(error)) return false;
  return ['unauthorized', 'missing-tool'].includes(error.category) && statusOf(error) === undefined;
}
