import type { KubeContext } from '../../cluster/kubeconfig/kubeContext.ts';
import type { LiveListState } from '../../cluster/objects/liveList.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ServiceSummary } from '../../kserve/serviceSummary.ts';
import { factTable } from '../markdown.ts';
import type { Live, TreeNode } from '../treeNode.ts';
import type { ClusterReader } from './clusterReader.ts';
import { LiveRows } from './liveRows.ts';
import { NamespacedRows } from './namespacedRows.ts';
import { NamespaceRows } from './namespaceRows.ts';
import { briefCause, clusterError, noServicesNode, noteInstead, waitingWords } from './noteNodes.ts';
import { runtimeNodes, runtimesId, runtimesNode, type RuntimeRow } from './runtimeNodes.ts';
import { contextValue } from '../contextValue.ts';

export interface ContextSource {
  readonly reader: ClusterReader;
  /** Namespaces that the user named for a context. */
  readonly typedNamespaces: (contextName: string) => readonly string[];
  /** The credential plugin that a context waits for. */
  readonly waitingFor: (contextName: string) => string | undefined;
  /** Called with the id of the row that changed, or below which something did. */
  readonly changed: (rowId: string) => void;
  /** Called when a cluster answers for the first time, and when {@link ContextRows.namespaces} are others. */
  readonly namespacesChanged: () => void;
}

/** Everything below the row of a context. Contacts its cluster when that row is expanded, and not before. */
export class ContextRows {
  readonly id: string;
  /** The name, or as much of it as tells it from the others. */
  label: string;
  private readonly services: NamespacedRows<ServiceSummary>;
  private readonly runtimes: NamespacedRows<RuntimeRow>;
  private readonly clusterRuntimes: LiveRows<RuntimeRow>;
  private readonly byNamespace = new Map<string, NamespaceRows>();
  private readonly live: Live;
  private hasAnswered = false;
  private closed = false;
  private knownNamespaces = '';

  constructor(
    readonly context: KubeContext,
    private readonly source: ContextSource,
  ) {
    const { reader, changed } = source;
    const contextName = context.name;
    this.label = contextName;
    this.id = `context/${encodeURIComponent(contextName)}`;
    const changedIn = (namespace: string | undefined): void =>
      changed(namespace === undefined ? this.id : this.in(namespace).id);
    this.services = new NamespacedRows(
      (namespace) => reader.services({ contextName, namespace }),
      (namespace) => {
        changedIn(namespace);
        this.lookAtNamespaces();
      },
    );
    this.runtimes = new NamespacedRows((namespace) => reader.runtimes({ contextName, namespace }), changedIn);
    this.clusterRuntimes = new LiveRows(
      () => reader.clusterRuntimes({ contextName }),
      () => changed(runtimesId(this.id)),
    );
    const both = [this.services.wide, this.runtimes.wide];
    this.live = {
      show: () => both.forEach((rows) => rows.show()),
      hide: () => both.forEach((rows) => rows.hide()),
      close: () => this.close(),
    };
  }

  /** What the row says beside its name: the current one, and what is wrong or waited for. */
  get description(): string {
    return this.said().join(' · ');
  }

  node(): TreeNode {
    const { name, isCurrent, file } = this.context;
    const { description } = this;
    const state = this.services.wide.state();
    const plugin = this.source.waitingFor(name);
    const error = this.shownError(state);
    const cause = this.cause(state, error);
    return {
      id: this.id,
      label: this.label,
      ...(description !== '' && { description }),
      icon: contextIcon(plugin, cause),
      contextValue: contextValue('context', isCurrent && 'current', cause !== undefined && 'broken'),
      subject: { kind: 'context', name, file, ...(error !== undefined && { error }) },
      spoken: ['Context ' + name, ...this.said()].join(', '),
      made: state.error instanceof Error ? state.error.message : undefined,
      live: this.live,
      ...(cause !== undefined && { retry: () => this.retry() }),
      children: () => this.children(),
      tooltip: () => Promise.resolve(this.tooltip(plugin === undefined ? cause : waitingWords(plugin), error)),
    };
  }

  /** Whether the cluster has answered, so that other views may ask it too. */
  get answers(): boolean {
    return this.hasAnswered;
  }

  /** Those that hold InferenceServices, those that the user named, and the context's own. */
  namespaces(): readonly string[] {
    return [...new Set([...this.heldNamespaces(), this.ownNamespace()])].sort();
  }

  isTyped(namespace: string): boolean {
    return this.source.typedNamespaces(this.context.name).includes(namespace);
  }

  /** Lists again what failed; the user asks for it. */
  retry(): void {
    for (const rows of [this.services.wide, this.runtimes.wide, this.clusterRuntimes]) {
      if (rows.state().error !== undefined) rows.retry();
    }
  }

  get isClosed(): boolean {
    return this.closed;
  }

  close(): void {
    this.closed = true;
    this.services.close();
    this.runtimes.close();
    this.clusterRuntimes.close();
    this.byNamespace.forEach((rows) => rows.close());
  }

  private async children(): Promise<readonly TreeNode[]> {
    await this.services.wide.settled();
    const { name } = this.context;
    const state = this.services.wide.state();
    if (this.services.restricted) {
      return [this.runtimesNode(), ...this.namespaceNodes(this.namespaces())];
    }
    const note = noteInstead(this.id, name, state, () => this.retry(), this.source.waitingFor(name));
    if (note) return [note];
    const namespaces = this.namespaceNodes(this.heldNamespaces());
    const rows = namespaces.length > 0 ? namespaces : [noServicesNode(this.id, { kind: 'context', name })];
    return [this.runtimesNode(), ...rows];
  }

  private namespaceNodes(namespaces: readonly string[]): readonly TreeNode[] {
    return namespaces.map((namespace) => this.in(namespace).node(this.isTyped(namespace)));
  }

  private heldNamespaces(): readonly string[] {
    const typed = this.source.typedNamespaces(this.context.name);
    return [...new Set([...this.services.groups().keys(), ...typed])].sort();
  }

  private ownNamespace(): string {
    return this.context.namespace ?? 'default';
  }

  private runtimesNode(): TreeNode {
    const rows = this.clusterRuntimes;
    const scope = { contextName: this.context.name };
    const id = runtimesId(this.id);
    return runtimesNode(this.id, scope, {
      live: rows,
      children: async () => {
        await rows.settled();
        const note = noteInstead(id, scope.contextName, rows.state(), () => rows.retry());
        return note ? [note] : runtimeNodes(id, scope, rows.state().rows.values());
      },
    });
  }

  private in(namespace: string): NamespaceRows {
    const known = this.byNamespace.get(namespace);
    if (known) return known;
    const { services, runtimes } = this;
    const source = { ...this.source, contextName: this.context.name, services, runtimes };
    const rows = new NamespaceRows(`${this.id}/ns/${namespace}`, namespace, source);
    this.byNamespace.set(namespace, rows);
    return rows;
  }

  private said(): readonly string[] {
    const state = this.services.wide.state();
    const plugin = this.source.waitingFor(this.context.name);
    const word = plugin === undefined ? this.cause(state, this.shownError(state)) : `waiting for ${plugin}`;
    return [this.context.isCurrent ? 'current' : '', word ?? ''].filter(Boolean);
  }

  /** What is wrong with the context. Whoever may not list everything has the namespaces that are named. */
  private shownError({ error }: LiveListState<unknown>): unknown {
    const isHandled = this.services.restricted && ModelDeckError.is(error) && error.category === 'forbidden';
    return error === undefined || isHandled ? undefined : clusterError(this.context.name, error);
  }

  private cause({ phase }: LiveListState<unknown>, error: unknown): string | undefined {
    if (error === undefined) return undefined;
    const brief = briefCause(error);
    return phase === 'stale' ? `reconnecting (${brief})` : brief;
  }

  private tooltip(word: string | undefined, error: unknown): string {
    const { name, cluster, server, namespace, user, file } = this.context;
    return factTable(name, [
      ['Cluster', cluster],
      ['Server', server],
      ['Namespace', namespace],
      ['User', user],
      ['File', file],
      ['State', [word, word && error instanceof Error && error.message].filter(Boolean).join(': ')],
    ]);
  }

  private lookAtNamespaces(): void {
    this.hasAnswered ||= this.services.wide.state().phase === 'live' || this.services.restricted;
    const now = this.hasAnswered ? this.namespaces().join(' ') : '';
    if (now === this.knownNamespaces) return;
    this.knownNamespaces = now;
    this.source.namespacesChanged();
  }
}

function contextIcon(plugin: string | undefined, cause: string | undefined): TreeNode['icon'] {
  if (plugin !== undefined) return { name: 'loading~spin' };
  return cause === undefined ? { name: 'server-environment' } : { name: 'warning', color: 'list.warningForeground' };
}
