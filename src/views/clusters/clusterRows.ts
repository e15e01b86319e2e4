import { access } from 'node:fs/promises';
import type { KubeContext } from '../../cluster/kubeconfig/kubeContext.ts';
import { once } from '../../foundation/once.ts';
import { escapeMarkdown } from '../markdown.ts';
import { problemNode } from '../problemNode.ts';
import type { TreeNode } from '../treeNode.ts';
import { ContextRows, type ContextSource } from './contextRows.ts';
import { contextValue } from '../contextValue.ts';

export interface ClustersSource extends ContextSource {
  /** The kubeconfig's contexts, the current one first; read from files only, no cluster is contacted. */
  readonly contexts: () => Promise<readonly KubeContext[]>;
  /** What of the kubeconfig cannot be read. */
  readonly problems: () => Promise<readonly unknown[]>;
  /** The kubeconfig files that are looked at, whether they are there or not. */
  readonly files: () => Promise<readonly string[]>;
}

/** The rows of all contexts. Remembers what is known of each until the kubeconfig changes. */
export class ClusterRows {
  /** Kept until the kubeconfig changes: rows are drawn with each change in a cluster. */
  private readonly reading = once(async () => {
    const [contexts, problems] = await Promise.all([this.source.contexts(), this.source.problems()]);
    return { contexts, problems };
  });
  private readonly byName = new Map<string, ContextRows>();

  constructor(private readonly source: ClustersSource) {}

  async nodes(): Promise<readonly TreeNode[]> {
    try {
      const { contexts, problems } = await this.reading();
      const broken = problems.map((problem, index) => problemNode(`contexts/:problem${index}`, problem));
      if (contexts.length === 0 && broken.length === 0) return [await this.emptyNode()];
      return [...contexts.map((context) => this.rowsOf(context).node()), ...broken];
    } catch (error) {
      return [problemNode('contexts', error)];
    }
  }

  /** The contexts whose clusters have answered, in the order of their names. */
  answering(): readonly ContextRows[] {
    return [...this.byName.values()]
      .filter(({ answers, isClosed }) => answers && !isClosed)
      .sort((a, b) => a.context.name.localeCompare(b.context.name));
  }

  /** Reads the kubeconfig again, and lists again what failed. */
  refresh(): void {
    this.reading.forget();
    this.byName.forEach((rows) => rows.retry());
  }

  /** Forgets everything, as after a change of the kubeconfig. */
  reset(): void {
    this.reading.forget();
    this.byName.forEach((rows) => rows.close());
    this.byName.clear();
  }

  private rowsOf(context: KubeContext): ContextRows {
    const known = this.byName.get(context.name);
    if (known && !known.isClosed && isSame(known.context, context)) return known;
    known?.close();
    const rows = new ContextRows(context, this.source);
    this.byName.set(context.name, rows);
    return rows;
  }

  private async emptyNode(): Promise<TreeNode> {
    const files = await this.source.files();
    const present = await Promise.all(files.map(isThere));
    const text = `Looked at: ${files.join(', ')}. kubectl, minikube and the like write it; KUBECONFIG or a setting can name others.`;
    return {
      id: 'contexts/:empty',
      label: present.includes(true) ? 'No contexts in the kubeconfig' : 'No kubeconfig',
      description: 'Select to name one',
      icon: { name: 'info' },
      contextValue: contextValue('empty'),
      subject: { kind: 'note' },
      open: {
        command: 'workbench.action.openSettings',
        title: 'Open Setting',
        arguments: ['modelDeck.kubeconfig.files'],
      },
      tooltip: () => Promise.resolve(escapeMarkdown(text)),
    };
  }
}

function isSame(a: KubeContext, b: KubeContext): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
