import type { LiveList, LiveListState } from '../../cluster/objects/liveList.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { LiveRows } from './liveRows.ts';

/** The rows of one namespace by name. */
export type Group<Row> = ReadonlyMap<string, Row>;

/**
 * Rows of a kind in all namespaces: one list for the whole cluster, grouped; where that is forbidden, one list for each
 * namespace that is looked at. They are grouped once per change, which costs ten thousand rows a few milliseconds.
 */
export class NamespacedRows<Row> {
  readonly wide: LiveRows<Row>;
  private readonly single = new Map<string, LiveRows<Row>>();
  private cached: ReadonlyMap<string, Group<Row>> | undefined;
  private forbidden = false;
  private closed = false;

  /**
   * @param open the list of a namespace, or of all where none is given
   * @param changed called with the namespace whose own list changed, with none for the list of all
   */
  constructor(
    private readonly open: (namespace: string | undefined) => Promise<LiveList<Row>>,
    private readonly changed: (namespace: string | undefined) => void,
  ) {
    this.wide = new LiveRows(
      () => open(undefined),
      () => {
        this.cached = undefined;
        const { phase, error } = this.wide.state();
        if (phase === 'live') this.forbidden = false;
        else if (ModelDeckError.is(error) && error.category === 'forbidden') this.forbidden = true;
        changed(undefined);
      },
    );
  }

  /** Whether the cluster does not let the user list all namespaces at once. */
  get restricted(): boolean {
    return this.forbidden;
  }

  /** By namespace; empty where the list of all is forbidden. */
  groups(): ReadonlyMap<string, Group<Row>> {
    return (this.cached ??= this.forbidden ? new Map() : group(this.wide.state().rows));
  }

  /** The rows of a namespace, and how fresh they are. */
  in(namespace: string): LiveListState<Row> {
    if (!this.forbidden) {
      return { ...this.wide.state(), rows: this.groups().get(namespace) ?? new Map<string, Row>() };
    }
    const { rows, ...state } = this.of(namespace).state();
    return { ...state, rows: group(rows).get(namespace) ?? new Map<string, Row>() };
  }

  /** The list of one namespace alone, for where the list of all is forbidden. */
  of(namespace: string): LiveRows<Row> {
    const known = this.single.get(namespace);
    if (known) return known;
    const rows = new LiveRows(
      () => this.open(namespace),
      () => this.changed(namespace),
      () => this.single.delete(namespace),
    );
    if (this.closed) rows.close();
    else this.single.set(namespace, rows);
    return rows;
  }

  close(): void {
    this.closed = true;
    this.wide.close();
    this.single.forEach((rows) => rows.close());
  }
}

/** @param rows by `namespace/name`, as a LiveList has them */
function group<Row>(rows: ReadonlyMap<string, Row>): ReadonlyMap<string, Group<Row>> {
  const groups = new Map<string, Map<string, Row>>();
  for (const [key, row] of rows) {
    const slash = key.indexOf('/');
    const namespace = key.slice(0, slash);
    const existing = groups.get(namespace);
    if (existing) existing.set(key.slice(slash + 1), row);
    else groups.set(namespace, new Map([[key.slice(slash + 1), row]]));
  }
  return groups;
}
