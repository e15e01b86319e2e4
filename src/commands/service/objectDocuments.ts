import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { formatServiceRef } from '../../targets/kserve/serviceRef.ts';
import { pods as podType } from '../../kserve/resources/core.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { Services } from '../core/services.ts';
import type { ClusterObjects } from './clusterObjects.ts';
import type { NamedObject } from './objectNames.ts';

const scheme = 'model-deck-cluster';

/** What is told about an object. */
export type ObjectView = 'manifest' | 'events' | 'describe';

interface Address {
  readonly view: ObjectView;
  readonly object: NamedObject;
}

const words: Readonly<Record<ObjectView, string>> = {
  manifest: 'Reading the manifest',
  events: 'Reading the events',
  describe: 'Reading the object, its pods and events',
};

/**
 * Read-only documents about objects of a cluster. A document's address says what it is about, so that VS Code can show it
 * again after a reload; asking for it again reads it again.
 */
export class ObjectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  /** Texts that were read for a document that is about to be shown. */
  private readonly fresh = new Map<string, string>();

  constructor(
    private readonly services: Services,
    private readonly objects: ClusterObjects,
    private readonly runner: CommandRunner,
  ) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** @param argument a row, or what a script names */
  async show(view: ObjectView, argument: unknown, placeHolder: string): Promise<void> {
    const object = await this.objects.object(argument, placeHolder);
    const uri = addressOf({ view, object });
    const text = await this.runner.withProgress(object.name, { read: words[view] }, (task) => {
      task.onProgress?.({ step: 'read' });
      return this.read({ view, object }, task.signal);
    });
    this.fresh.set(uri.toString(), text);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const key = uri.toString();
    const known = this.fresh.get(key);
    this.fresh.delete(key);
    if (known !== undefined) return known;
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return this.read(JSON.parse(uri.query) as Address, abort.signal);
  }

  private async read({ view, object }: Address, signal: AbortSignal | undefined): Promise<string> {
    const isPod = object.objectKind === 'Pod';
    switch (view) {
      case 'manifest':
        return isPod ? this.podManifest(object, signal) : this.serviceManifest(object, signal);
      case 'events':
        return (await this.services.kserve()).describeEvents(
          object.name,
          await this.objects.eventsOf(object, signal),
          Date.now(),
        );
      case 'describe':
        return isPod ? this.describePod(object, signal) : this.describeService(object, signal);
    }
  }

  private async serviceManifest(object: NamedObject, signal: AbortSignal | undefined): Promise<string> {
    const target = await (await this.services.clusters()).target(object.context, object.namespace);
    return target.manifests.read(formatServiceRef(object), 'whole', { signal });
  }

  private async podManifest(object: NamedObject, signal: AbortSignal | undefined): Promise<string> {
    const connection = await this.objects.connection(object);
    const pod = await connection.get(podType, object, { signal });
    const { toYaml } = await this.services.kserve();
    return toYaml({ apiVersion: 'v1', kind: 'Pod', ...pod });
  }

  private async describePod(object: NamedObject, signal: AbortSignal | undefined): Promise<string> {
    const [[pod], events] = await Promise.all([
      this.objects.podsOf(object, signal),
      this.objects.eventsOf(object, signal),
    ]);
    if (pod === undefined) throw new ModelDeckError('not-found', `The pod ${object.name} was not found.`);
    return (await this.services.kserve()).describePod(pod, object.context, events, Date.now());
  }

  private async describeService(object: NamedObject, signal: AbortSignal | undefined): Promise<string> {
    const target = await (await this.services.clusters()).target(object.context, object.namespace);
    const [service, pods, events, why, users] = await Promise.all([
      this.objects.readService(object, signal),
      this.objects.podsOf(object, signal),
      this.objects.eventsOf(object, signal),
      this.why(object, signal),
      target.users(formatServiceRef(object), { signal }),
    ]);
    const { describeService, podHealth, serviceStatus } = await this.services.kserve();
    const health = pods.flatMap((pod) => podHealth(pod) ?? []);
    const { state, word, reason } = serviceStatus(service, undefined, health);
    const status = [word ?? (state === 'ready' ? 'Ready' : state), reason].filter(Boolean).join(': ');
    return describeService({ service, context: object.context, status, why, pods, events, users }, Date.now());
  }

  /** What keeps it from being ready; nothing when nothing is found. */
  private async why(object: NamedObject, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const target = await (await this.services.clusters()).target(object.context, object.namespace);
    const error = await target.explain(formatServiceRef(object), { signal });
    return error ? [error.message, error.remedy ?? ''].filter(Boolean) : [];
  }
}

/** The path names the tab; the query says what it is about. */
function addressOf({ view, object }: Address): vscode.Uri {
  const path = view === 'manifest' ? `/${object.name}.yaml` : `/${object.name} ${view}.txt`;
  return vscode.Uri.from({ scheme, path, query: JSON.stringify({ view, object }) });
}
