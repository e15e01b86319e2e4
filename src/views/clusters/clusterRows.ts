import type { ContextList } from '../../cluster/kubeconfig/kubeconfig.ts';
import type { KubeContext } from '../../cluster/kubeconfig/kubeContext.ts';
import { once } from '../../foundation/once.ts';
import { problemNode } from '../problemNode.ts';
import type { TreeNode } from '../treeNode.ts';
import { contextLabels } from './contextLabels.ts';
import { ContextRows, type ContextSource } from './contextRows.ts';
import { kubeconfigProblemNode } from './noteNodes.ts';

export interface ClustersSource extends ContextSource {
  /** The contexts, the current one first, and what cannot be read; read from files only, no cluster is contacted. */
  readonly kubeconfig: () => Promise<ContextList>;
}

/** The rows of all contexts. Remembers what is known of each until the kubeconfig changes. */
export class ClusterRows {
  /** Kept until the kubeconfig changes: rows are drawn with each change in a cluster. */
  private readonly reading = once(() => this.source.kubeconfig());
  private readonly byName = new Map<string, ContextRows>();

  constructor(private readonly source: ClustersSource) {}

  async nodes(): Promise<readonly TreeNode[]> {
    try {
      const { contexts, problems } = await this.reading();
      const broken = problems.map((problem, index) => kubeconfigProblemNode(`contexts/:problem${index}`, problem));
      const rows = contexts.map((context) => this.rowsOf(context));
      const labels = contextLabels(rows.map(({ context: { name }, description }) => ({ name, description })));
      for (const each of rows) each.label = labels.get(each.context.name) ?? each.context.name;
      return [...rows.map((each) => each.node()), ...broken];
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

  /** A context waits for its credential plugin, or no longer. */
  waitingChanged(contextName: string): void {
    const rows = this.byName.get(contextName);
    if (rows) this.source.changed(rows.id);
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
