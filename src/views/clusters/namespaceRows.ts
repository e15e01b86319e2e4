import type { ServiceComponent } from '../../kserve/pods.ts';
import type { ServiceSummary } from '../../kserve/serviceSummary.ts';
import type { Live, TreeNode } from '../treeNode.ts';
import type { ClusterReader } from './clusterReader.ts';
import { LiveRows } from './liveRows.ts';
import type { NamespacedRows } from './namespacedRows.ts';
import { briefCause, clusterError, moreNode, noServicesNode, noteInstead } from './noteNodes.ts';
import { componentNode, troubleByService, type PodDetail } from './podNodes.ts';
import { runtimeNodes, runtimesNode, type RuntimeRow } from './runtimeNodes.ts';
import { serviceNode } from './serviceNodes.ts';
import { contextValue } from '../contextValue.ts';

export interface NamespaceSource {
  readonly contextName: string;
  readonly reader: ClusterReader;
  readonly services: NamespacedRows<ServiceSummary>;
  readonly runtimes: NamespacedRows<RuntimeRow>;
  readonly changed: (rowId: string) => void;
}

/** InferenceServices of a namespace that are shown at once. */
const pageSize = 500;

/** A namespace and everything below it: runtimes, InferenceServices, their components and pods. */
export class NamespaceRows {
  private readonly pods = new Map<string, LiveRows<PodDetail>>();
  private unended: LiveRows<PodDetail> | undefined;
  private limit = pageSize;
  private closed = false;
  /** Pods are followed for the words of the services; those of one service again, with their order, when it is expanded. */
  private readonly following: Live = {
    show: () => {
      // The editor may know the rows of a context a while longer than it is there.
      if (!this.closed) this.servicePods().show();
    },
    hide: () => this.unended?.hide(),
    close: () => this.unended?.close(),
  };
  /** The namespace's own InferenceServices too, where the cluster does not let all be listed at once. */
  private readonly followingAll: Live = {
    show: () => [this.following, this.ownServices()].forEach((live) => live.show()),
    hide: () => [this.following, this.ownServices()].forEach((live) => live.hide()),
    close: () => [this.following, this.ownServices()].forEach((live) => live.close()),
  };

  constructor(
    readonly id: string,
    readonly namespace: string,
    private readonly source: NamespaceSource,
  ) {}

  /** @param isTyped whether the user named it, so that it can be forgotten */
  node(isTyped: boolean): TreeNode {
    const { services, contextName } = this.source;
    const { namespace } = this;
    const { rows, phase, error } = services.in(namespace);
    const failed = [...rows.values()].filter(({ state }) => state === 'failed').length;
    const isKnown = rows.size > 0 || phase === 'live' || phase === 'stale';
    const word = !isKnown && error !== undefined && briefCause(clusterError(contextName, error));
    const trouble = failed > 0 && `${failed} failed`;
    const description = [word, isKnown && `${rows.size}`, trouble].filter(Boolean).join(' · ');
    const spoken = [
      `Namespace ${namespace}`,
      word,
      isKnown && `${rows.size} ${rows.size === 1 ? 'InferenceService' : 'InferenceServices'}`,
      trouble,
    ];
    return {
      id: this.id,
      label: namespace,
      ...(description !== '' && { description }),
      icon: { name: 'symbol-namespace', ...(failed > 0 && { color: 'problemsErrorIcon.foreground' }) },
      contextValue: contextValue('namespace', isTyped && 'typed'),
      subject: { kind: 'namespace', contextName, namespace },
      spoken: spoken.filter(Boolean).join(', '),
      live: services.restricted ? this.followingAll : this.following,
      children: () => this.children(),
    };
  }

  close(): void {
    this.closed = true;
    this.unended?.close();
    this.pods.forEach((rows) => rows.close());
  }

  private async children(): Promise<readonly TreeNode[]> {
    const { services, contextName } = this.source;
    const { id, namespace } = this;
    if (services.restricted) await this.ownServices().settled();
    const state = services.in(namespace);
    const note = noteInstead(id, contextName, state, () => this.ownServices().retry());
    if (note) return [note];
    const trouble = troubleByService(this.unended?.state().rows.values() ?? []);
    const subject = { kind: 'namespace' as const, contextName, namespace };
    const left = Math.max(0, state.rows.size - this.limit);
    return [
      ...this.runtimes(),
      ...firstByName(state.rows, this.limit).map((summary) => this.service(summary, trouble.get(summary.name))),
      ...(left > 0 ? [moreNode(id, subject, Math.min(left, pageSize), left, () => this.showMore())] : []),
      ...(state.rows.size === 0 ? [noServicesNode(id, subject)] : []),
    ];
  }

  private showMore(): void {
    this.limit += pageSize;
    this.source.changed(this.id);
  }

  /** A row for the namespace's own runtimes where it has some; most have none. */
  private runtimes(): readonly TreeNode[] {
    const { runtimes, contextName } = this.source;
    const { namespace } = this;
    if (!runtimes.restricted && runtimes.in(namespace).rows.size === 0) return [];
    const live = runtimes.restricted ? runtimes.of(namespace) : undefined;
    const scope = { contextName, namespace };
    const node = runtimesNode(this.id, scope, {
      ...(live && { live }),
      children: async () => {
        await live?.settled();
        const state = runtimes.in(namespace);
        const note = noteInstead(node.id, contextName, state, () => live?.retry());
        return note ? [note] : runtimeNodes(node.id, scope, state.rows.values());
      },
    });
    return [node];
  }

  private service(summary: ServiceSummary, trouble: string | undefined): TreeNode {
    const id = `${this.id}/service/${summary.name}`;
    const live = this.podsOf(id, summary.name);
    return serviceNode(id, this.source.contextName, summary, trouble, {
      live,
      children: async () => {
        await live.settled();
        const note = noteInstead(id, this.source.contextName, live.state(), () => live.retry());
        return note ? [note] : this.components(id, summary, [...live.state().rows.values()]);
      },
    });
  }

  private components(id: string, summary: ServiceSummary, pods: readonly PodDetail[]): readonly TreeNode[] {
    const components: ServiceComponent[] = ['predictor'];
    if (summary.hasTransformer) components.push('transformer');
    if (summary.hasExplainer) components.push('explainer');
    const of = { contextName: this.source.contextName, namespace: this.namespace, service: summary.name };
    const sorted = [...pods].sort((a, b) => (a.name < b.name ? -1 : 1));
    return components.map((component) => componentNode(id, of, component, sorted));
  }

  private ownServices(): LiveRows<ServiceSummary> {
    return this.source.services.of(this.namespace);
  }

  private servicePods(): LiveRows<PodDetail> {
    const { contextName, reader, changed } = this.source;
    return (this.unended ??= new LiveRows(
      () => reader.servicePods({ contextName, namespace: this.namespace }),
      () => changed(this.id),
      () => (this.unended = undefined),
    ));
  }

  private podsOf(id: string, service: string): LiveRows<PodDetail> {
    const known = this.pods.get(id);
    if (known) return known;
    const { contextName, reader, changed } = this.source;
    const rows = new LiveRows(
      () => reader.pods({ contextName, namespace: this.namespace }, service),
      () => changed(id),
      () => this.pods.delete(id),
    );
    if (this.closed) rows.close();
    else this.pods.set(id, rows);
    return rows;
  }
}

/** The first rows in the order of their names; Kubernetes' names are ASCII, so that the order of codes is theirs. */
function firstByName(rows: ReadonlyMap<string, ServiceSummary>, limit: number): readonly ServiceSummary[] {
  return [...rows.keys()]
    .sort()
    .slice(0, limit)
    .flatMap((name) => rows.get(name) ?? []);
}
