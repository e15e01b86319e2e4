import { formatClaimRef, parseClaimRef, type ClaimRef } from '../../stores/claim/claimRef.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import { modelNode } from '../storesTree.ts';
import type { ClaimSubject, TreeNode } from '../treeNode.ts';
import { claimNode, type ClaimRow } from './claimNodes.ts';
import type { ClusterReader } from './clusterReader.ts';
import type { ContextRows } from './contextRows.ts';
import { LiveRows } from './liveRows.ts';
import { noteInstead, noteNode } from './noteNodes.ts';
import { contextValue } from '../contextValue.ts';

export interface ClaimsSource {
  readonly reader: ClusterReader;
  /** The contexts whose clusters have answered: no other is contacted for its claims. */
  readonly contexts: () => readonly ContextRows[];
  readonly changed: (rowId: string) => void;
}

/** What is known of the models in a claim. */
type Listing = 'listing' | readonly StoredModel[];

/** The claims of clusters as model stores: context, namespaces, claims, and the models of those that were listed. */
export class ClaimRows {
  private readonly byNamespace = new Map<string, LiveRows<ClaimRow>>();
  private readonly listings = new Map<string, Listing>();

  constructor(private readonly source: ClaimsSource) {}

  nodes(): readonly TreeNode[] {
    return this.source.contexts().map((rows) => this.contextNode(rows));
  }

  /**
   * Shows what is in a claim. Listing starts a pod in the cluster, so that it is done only when the user asks for it.
   *
   * @param storeId that of another kind of store is passed over
   * @param listing left out: it is not known any more
   */
  show(storeId: string, listing?: Listing): void {
    const ref = parseClaimRef(storeId);
    if (ref === undefined) return;
    if (listing === undefined) this.listings.delete(formatClaimRef(ref));
    else this.listings.set(formatClaimRef(ref), listing);
    this.source.changed(rowIdOf(ref));
  }

  /** What was listed of a claim. */
  modelsIn(storeId: string): readonly StoredModel[] | undefined {
    const listing = this.listings.get(storeId);
    return listing === 'listing' ? undefined : listing;
  }

  /** Lists again what failed; the user asks for it. */
  retry(): void {
    this.byNamespace.forEach((rows) => rows.state().error !== undefined && rows.retry());
  }

  /** Forgets everything, as after a change of the kubeconfig. */
  reset(): void {
    this.byNamespace.forEach((rows) => rows.close());
    this.listings.clear();
  }

  private contextNode(rows: ContextRows): TreeNode {
    const { name } = rows.context;
    const id = `claims/${encodeURIComponent(name)}`;
    return {
      id,
      label: rows.label,
      icon: { name: 'server-environment' },
      contextValue: contextValue('context'),
      subject: { kind: 'context', name },
      spoken: `Context ${name}, claims`,
      children: () =>
        Promise.resolve(
          rows.namespaces().map((namespace) => this.namespaceNode(id, name, namespace, rows.isTyped(namespace))),
        ),
    };
  }

  private namespaceNode(parentId: string, contextName: string, namespace: string, isTyped: boolean): TreeNode {
    const id = `${parentId}/${namespace}`;
    const live = this.claimsOf(id, contextName, namespace);
    const subject = { kind: 'namespace' as const, contextName, namespace };
    return {
      id,
      label: namespace,
      icon: { name: 'symbol-namespace' },
      contextValue: contextValue('namespace', isTyped && 'typed'),
      subject,
      spoken: `Namespace ${namespace}, claims`,
      live,
      children: async () => {
        await live.settled();
        const note = noteInstead(id, contextName, live.state(), () => live.retry());
        if (note) return [note];
        const claims = [...live.state().rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
        if (claims.length === 0) return [{ ...noteNode(id, 'empty', subject), label: 'No claims' }];
        return claims.map((claim) => claimNode(id, contextName, claim, (subject) => this.models(subject)));
      },
    };
  }

  private claimsOf(id: string, contextName: string, namespace: string): LiveRows<ClaimRow> {
    const known = this.byNamespace.get(id);
    if (known) return known;
    const rows = new LiveRows(
      () => this.source.reader.claims({ contextName, namespace }),
      () => this.source.changed(id),
      () => this.byNamespace.delete(id),
    );
    this.byNamespace.set(id, rows);
    return rows;
  }

  private models(subject: ClaimSubject): readonly TreeNode[] {
    const id = rowIdOf({ ...subject, context: subject.contextName });
    const listing = this.listings.get(subject.storeId);
    if (listing === 'listing') {
      return [{ ...noteNode(id, 'listing', subject), label: 'Listing models…', icon: { name: 'loading~spin' } }];
    }
    if (listing === undefined || listing.length === 0) {
      return [
        {
          ...noteNode(id, 'list', subject),
          label: listing === undefined ? 'Models not listed yet' : 'No models',
          tooltip: () =>
            Promise.resolve(
              'A short-lived pod mounts the claim and says which models it holds. It is removed afterwards.',
            ),
        },
      ];
    }
    return listing.map((model) => modelNode(id, model, true));
  }
}

function rowIdOf({ context, namespace, claim }: Omit<ClaimRef, 'kind'>): string {
  return `claims/${encodeURIComponent(context)}/${namespace}/${claim}`;
}
