import { problemNode } from './problemNode.ts';
import type { Live, NodeSubject, TreeNode } from './treeNode.ts';

/** A row as the editor knows it: the same object for the same id, so that it can be refreshed alone. */
export class DeckRow {
  expanded: boolean;
  /** As the editor was told last; nothing until it has asked. */
  children: readonly DeckRow[] | undefined;

  constructor(
    public node: TreeNode,
    readonly parent: DeckRow | undefined,
  ) {
    this.expanded = node.expanded ?? false;
  }

  /** Commands are given the row and read this. */
  get subject(): NodeSubject {
    return this.node.subject;
  }
}

/** A row to refresh with all that is below it; `undefined` is the whole tree. */
export type Stale = DeckRow | undefined;

/**
 * Keeps what the editor was told of a tree. Finds out which rows are no longer true, so that a change refreshes no more
 * than it must, and lets each row's {@link Live} work only while its children are on the screen.
 */
export class ShownRows {
  private readonly rows = new Map<string, DeckRow>();
  private roots: readonly DeckRow[] | undefined;
  private working: ReadonlySet<Live> = new Set();
  private visible = false;

  constructor(private readonly listRoots: () => Promise<readonly TreeNode[]>) {}

  /** The editor asks for the children of a row, because they are to be shown. */
  async children(parent: DeckRow | undefined): Promise<DeckRow[]> {
    if (parent) this.setExpanded(parent, true);
    const nodes = await this.list(parent);
    const before = (parent ? parent.children : this.roots) ?? [];
    const now = nodes.map((node) => this.rowOf(node, parent));
    const kept = new Set(now);
    for (const row of before) if (!kept.has(row)) this.forget(row);
    if (parent) parent.children = now;
    else this.roots = now;
    this.letWork();
    return now;
  }

  setExpanded(row: DeckRow, expanded: boolean): void {
    if (row.expanded === expanded) return;
    row.expanded = expanded;
    this.letWork();
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    this.letWork();
  }

  /**
   * What must be refreshed after something changed in a row or below it: the topmost row of each branch.
   *
   * @param id the whole tree when left out
   */
  async staleAt(id?: string): Promise<readonly Stale[]> {
    if (id === undefined) return this.staleAmong(this.roots, undefined);
    const row = this.rows.get(id);
    return row === undefined ? [] : this.staleAmong(row.parent ? row.parent.children : this.roots, row.parent, id);
  }

  /** @param only the id of the one row to look at, of several siblings */
  private async staleAmong(siblings: readonly DeckRow[] | undefined, parent: Stale, only?: string): Promise<Stale[]> {
    if (siblings === undefined) return [];
    const nodes = await this.list(parent);
    if (!sameIds(siblings, nodes)) return [parent];
    const stale: Stale[] = [];
    for (const [index, row] of siblings.entries()) {
      const node = nodes[index];
      if (node && (only === undefined || node.id === only)) stale.push(...(await this.staleRow(row, node)));
    }
    return stale;
  }

  /** Every row is gone, as when the view is closed. */
  clear(): void {
    this.roots?.forEach((row) => this.forget(row));
    this.roots = undefined;
    this.letWork();
  }

  private async staleRow(row: DeckRow, node: TreeNode): Promise<readonly Stale[]> {
    const before = row.node;
    row.node = node;
    if (!looksSame(before, node)) return [row];
    return row.expanded ? this.staleAmong(row.children, row) : [];
  }

  private async list(parent: DeckRow | undefined): Promise<readonly TreeNode[]> {
    try {
      return parent ? ((await parent.node.children?.()) ?? []) : await this.listRoots();
    } catch (error) {
      return [problemNode(parent?.node.id ?? 'root', error)];
    }
  }

  private rowOf(node: TreeNode, parent: DeckRow | undefined): DeckRow {
    const known = this.rows.get(node.id);
    if (known?.parent === parent && known !== undefined) {
      known.node = node;
      return known;
    }
    const row = new DeckRow(node, parent);
    this.rows.set(node.id, row);
    return row;
  }

  private forget(row: DeckRow): void {
    row.children?.forEach((child) => this.forget(child));
    if (this.rows.get(row.node.id) === row) this.rows.delete(row.node.id);
    row.node.live?.close();
  }

  private letWork(): void {
    const before = this.working;
    const now = new Set<Live>();
    if (this.visible) collectLive(this.roots ?? [], now);
    this.working = now;
    for (const live of before) if (!now.has(live)) live.hide();
    for (const live of now) if (!before.has(live)) live.show();
  }
}

function collectLive(rows: readonly DeckRow[], into: Set<Live>): void {
  for (const row of rows) {
    if (!row.expanded) continue;
    if (row.node.live) into.add(row.node.live);
    if (row.children) collectLive(row.children, into);
  }
}

function sameIds(rows: readonly DeckRow[], nodes: readonly TreeNode[]): boolean {
  return rows.length === nodes.length && rows.every((row, index) => row.node.id === nodes[index]?.id);
}

function looksSame(a: TreeNode, b: TreeNode): boolean {
  return (
    a.made === b.made &&
    a.label === b.label &&
    a.description === b.description &&
    a.icon.name === b.icon.name &&
    a.icon.color === b.icon.color &&
    a.contextValue === b.contextValue &&
    a.spoken === b.spoken &&
    a.open?.command === b.open?.command &&
    (a.children === undefined) === (b.children === undefined)
  );
}
