import type { Deployment } from '../targets/target.ts';
import type { StoredModel } from '../stores/modelStore.ts';

/** What a row stands for; commands read it when they are run from the row's menu. */
export type NodeSubject =
  | { readonly kind: 'target'; readonly targetId: string }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | { readonly kind: 'store'; readonly folder: string }
  | { readonly kind: 'model'; readonly model: StoredModel }
  | { readonly kind: 'problem'; readonly error: unknown };

/** A row of either tree, without any type of the editor, so that it can be tested as data. */
export interface TreeNode {
  /** Built from its ancestors' ids; stable over refreshes, so that the selection survives. */
  readonly id: string;
  readonly label: string;
  /** One word when something is not healthy or needs saying; nothing otherwise. */
  readonly description?: string;
  /** A codicon's name and, where the state matters, a theme colour. */
  readonly icon: { readonly name: string; readonly color?: string };
  /** Tokens joined by `;`, matched by the menus' `viewItem =~` clauses. */
  readonly contextValue: string;
  readonly subject: NodeSubject;
  /** What a screen reader says; the label and description when left out. */
  readonly spoken?: string;
  readonly expanded?: boolean;
  /** Called when the row is expanded. */
  readonly children?: () => Promise<readonly TreeNode[]>;
  /** Markdown; called when the pointer rests on the row. */
  readonly tooltip?: () => Promise<string>;
  /** Command to run when the row is chosen. */
  readonly open?: { readonly command: string; readonly title: string };
}
