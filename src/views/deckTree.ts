import * as vscode from 'vscode';
import { problemNode } from './problemNode.ts';
import type { TreeNode } from './treeNode.ts';

/**
 * Renders {@link TreeNode}s. A failure while listing children becomes a row with the reason and a click to try again,
 * never an exception, so that one broken place does not empty the tree.
 */
export class DeckTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly roots: () => Promise<readonly TreeNode[]>) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      return [...(node === undefined ? await this.roots() : ((await node.children?.()) ?? []))];
    } catch (error) {
      return [problemNode(node?.id ?? 'root', error)];
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children ? (node.expanded ? Expanded : Collapsed) : None);
    item.id = node.id;
    item.contextValue = node.contextValue;
    item.iconPath = new vscode.ThemeIcon(
      node.icon.name,
      node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
    );
    if (node.description !== undefined) item.description = node.description;
    item.accessibilityInformation = { label: node.spoken ?? [node.label, node.description].filter(Boolean).join(', ') };
    if (node.open) item.command = { ...node.open, arguments: [node] };
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.tooltip) item.tooltip = new vscode.MarkdownString(await node.tooltip());
    return item;
  }
}
