import { kubeconfigPaths, openConnection, readContexts, type ClusterConnection } from '../../src/cluster/index.ts';
import { clusterReader } from '../../src/views/clusters/clusterReader.ts';
import { ClusterRows } from '../../src/views/clusters/clusterRows.ts';
import { ShownRows, type DeckRow } from '../../src/views/shownRows.ts';
import { waitUntil } from '../waitUntil.ts';

/** The Clusters tree without an editor: expands rows and refreshes stale ones as VS Code does. */
export class TreeEditor {
  /** Labels of the rows that were refreshed. */
  readonly refreshed: string[] = [];
  typed: string[] = [];
  private readonly connections: ClusterConnection[] = [];
  private readonly rows: ClusterRows;
  private readonly shown: ShownRows;
  private roots: readonly DeckRow[] = [];
  private refreshing: Promise<void> = Promise.resolve();

  constructor(kubeconfig: string) {
    const files = kubeconfigPaths({ KUBECONFIG: kubeconfig });
    const connect = async (contextName: string): Promise<ClusterConnection> => {
      const connection = await openConnection({ files, contextName, environment: {} });
      this.connections.push(connection);
      return connection;
    };
    this.rows = new ClusterRows({
      reader: clusterReader(() => Promise.resolve({ connect })),
      kubeconfig: () => readContexts(files),
      waitingFor: () => undefined,
      typedNamespaces: () => this.typed,
      changed: (id) => {
        this.refreshing = this.refreshing.then(() => this.refresh(id));
      },
      namespacesChanged: () => undefined,
    });
    this.shown = new ShownRows(() => this.rows.nodes());
    this.shown.setVisible(true);
  }

  async open(): Promise<void> {
    this.roots = await this.shown.children(undefined);
  }

  setVisible(visible: boolean): void {
    this.shown.setVisible(visible);
  }

  /** Waits for the rows on the way, expands them, and gives the last one. */
  async expand(...labels: readonly string[]): Promise<DeckRow> {
    const row = await this.row(...labels);
    if (row.children === undefined) await this.shown.children(row);
    return row;
  }

  /** Waits for a row, expands those above it. */
  async row(...labels: readonly string[]): Promise<DeckRow> {
    const parent = labels.length > 1 ? await this.expand(...labels.slice(0, -1)) : undefined;
    const siblings = (): readonly DeckRow[] => (parent ? parent.children : this.roots) ?? [];
    return this.until(
      () => siblings().find(({ node }) => node.label === labels.at(-1)),
      () => `${labels.join(' > ')} among ${siblings().map(({ node }) => node.label).join(', ')}`, // prettier-ignore
    );
  }

  /** What stands below a row: labels and descriptions. */
  static below(row: DeckRow): readonly (readonly [string, string | undefined])[] {
    return (row.children ?? []).map(({ node }) => [node.label, node.description]);
  }

  /** Waits until something is so. @param what is said of it when it does not come */
  async until<T>(look: () => T | undefined | false, what: () => string): Promise<T> {
    return waitUntil('the rows show it', look).catch((error: unknown) => {
      throw new Error(`Waited in vain for ${what()}`, { cause: error });
    });
  }

  close(): void {
    this.rows.reset();
    this.connections.forEach((connection) => connection.close());
  }

  private async refresh(id: string): Promise<void> {
    for (const stale of await this.shown.staleAt(id)) {
      this.refreshed.push(stale?.node.label ?? '');
      if (stale === undefined) await this.open();
      else await this.renew(stale);
    }
  }

  /** Children of a row that is refreshed are asked for again, those of expanded ones below it too. */
  private async renew(row: DeckRow): Promise<void> {
    if (!row.expanded || row.node.children === undefined) return;
    for (const child of await this.shown.children(row)) await this.renew(child);
  }
}
