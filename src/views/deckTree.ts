import * as vscode from 'vscode';
import { ShownRows, type DeckRow, type Stale } from './shownRows.ts';
import type { TreeNode } from './treeNode.ts';

/** Runs the `choose` of a row. Not in the manifest: it is nothing that a user could run by itself. */
export const chooseCommand = 'modelDeck.row.choose';

/**
 * Renders {@link TreeNode}s. A failure while listing children becomes a row with the reason and a click to try again,
 * never an exception, so that one broken place does not empty the tree.
 */
export class DeckTree implements vscode.TreeDataProvider<DeckRow>, vscode.Disposable {
  private readonly changedData = new vscode.EventEmitter<DeckRow[] | undefined>();
  readonly onDidChangeTreeData = this.changedData.event;
  private readonly rows: ShownRows;
  private readonly parts: vscode.Disposable[] = [this.changedData];
  private readonly dirty = new Set<string | undefined>();
  private looking = false;

  constructor(roots: () => Promise<readonly TreeNode[]>) {
    this.rows = new ShownRows(roots);
  }

  /** Makes the view of this tree. */
  show(viewId: string): vscode.TreeView<DeckRow> {
    const view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.rows.setVisible(view.visible);
    this.parts.push(
      view,
      view.onDidChangeVisibility(({ visible }) => this.rows.setVisible(visible)),
      view.onDidCollapseElement(({ element }) => this.rows.setExpanded(element, false)),
      view.onDidExpandElement(({ element }) => {
        this.rows.setExpanded(element, true);
        // What changed below it while it was collapsed was not told to the editor.
        this.changed(element.node.id);
      }),
    );
    return view;
  }

  /** Asks for everything again. */
  refresh(): void {
    this.changedData.fire(undefined);
  }

  /**
   * Something changed in a row or below it: refreshes the rows that look different now, and no other.
   *
   * @param id the whole tree when left out
   */
  changed(id?: string): void {
    this.dirty.add(id);
    if (!this.looking) void this.look();
  }

  dispose(): void {
    this.rows.clear();
    this.parts.forEach((part) => void part.dispose());
  }

  getChildren(row?: DeckRow): Promise<DeckRow[]> {
    return this.rows.children(row);
  }

  getParent(row: DeckRow): DeckRow | undefined {
    return row.parent;
  }

  getTreeItem(row: DeckRow): vscode.TreeItem {
    const { node } = row;
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children ? (row.expanded ? Expanded : Collapsed) : None);
    item.id = node.id;
    item.contextValue = node.contextValue;
    item.iconPath = new vscode.ThemeIcon(
      node.icon.name,
      node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
    );
    if (node.description !== undefined) item.description = node.description;
    item.accessibilityInformation = { label: node.spoken ?? [node.label, node.description].filter(Boolean).join(', ') };
    if (node.open) item.command = { ...node.open, arguments: [...(node.open.arguments ?? [row])] };
    if (node.choose) item.command = { command: chooseCommand, title: node.choose.title, arguments: [row] };
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, row: DeckRow): Promise<vscode.TreeItem> {
    if (row.node.tooltip) item.tooltip = new vscode.MarkdownString(await row.node.tooltip());
    return item;
  }

  private async look(): Promise<void> {
    this.looking = true;
    try {
      while (this.dirty.size > 0) {
        const ids = [...this.dirty];
        this.dirty.clear();
        const stale = new Set<Stale>();
        for (const id of ids) for (const row of await this.rows.staleAt(id)) stale.add(row);
        if (stale.has(undefined)) this.changedData.fire(undefined);
        else if (stale.size > 0) this.changedData.fire([...stale].filter((row) => row !== undefined));
      }
    } finally {
      this.looking = false;
    }
  }
}
