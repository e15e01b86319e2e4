import type { KubeContext } from '../../cluster/kubeconfig/kubeContext.ts';
import { once } from '../../foundation/once.ts';
import { problemNode } from '../problemNode.ts';
import type { TreeNode } from '../treeNode.ts';
import { ContextRows, type ContextSource } from './contextRows.ts';

export interface ClustersSource extends ContextSource {
  /** The kubeconfig's contexts, the current one first; read from files only, no cluster is contacted. */
  readonly contexts: () => Promise<readonly KubeContext[]>;
  /** What of the kubeconfig cannot be read. */
  readonly problems: () => Promise<readonly unknown[]>;
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
}

function isSame(a: KubeContext, b: KubeContext): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
