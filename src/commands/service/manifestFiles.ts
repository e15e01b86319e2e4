import * as vscode from 'vscode';
import { fieldConflicts, type FieldConflict } from '../../cluster/clusterErrors.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { formatServiceRef } from '../../targets/kserve/serviceRef.ts';
import type { PlanDocuments } from '../../panel/plan/planPage.ts';
import type { Services } from '../core/services.ts';
import type { ClusterObjects } from './clusterObjects.ts';
import type { NamedObject } from './objectNames.ts';
import { prompts } from '../prompts.ts';

const scheme = 'model-deck-k8s';
/** A manifest of the cluster: `model-deck-k8s://live/<context>/<namespace>/<name>.yaml`. */
const live = 'live';
/** One of our texts, such as the manifest of a plan: `model-deck-k8s://plan/…/<name>.yaml`. */
const plan = 'plan';

interface OpenFile {
  content: Uint8Array;
  /** Milliseconds since 1970. */
  changedAt: number;
  /** Left out for a text that is only looked at. */
  readonly save?: (text: string) => Promise<void> | void;
}

/**
 * Manifests as files that VS Code edits: saving one has the cluster check it by a dry run and then apply it. What the
 * cluster refuses is not saved: the editor stays dirty and says why.
 */
export class ManifestFiles implements vscode.FileSystemProvider, PlanDocuments {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly files = new Map<string, OpenFile>();
  private lastPlan = 0;

  constructor(
    private readonly services: Services,
    private readonly objects: ClusterObjects,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }),
      this.changed,
    );
  }

  /** "Edit Manifest": opens the manifest as it is now, unless it is open with changes. */
  async open(argument: unknown): Promise<void> {
    const { object } = await this.objects.service(argument, prompts.editManifest);
    const uri = liveUri(object);
    const isDirty = vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString() && one.isDirty);
    if (!isDirty) await this.load(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }

  async edit(name: string, text: string, onSave: (text: string) => void): Promise<vscode.Disposable> {
    this.lastPlan += 1;
    const uri = planUri(`${this.lastPlan}/${name}`);
    this.put(uri, text, onSave);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), vscode.ViewColumn.Beside);
    return new vscode.Disposable(() => void this.forget(uri));
  }

  async difference(name: string, liveText: string, planned: string): Promise<void> {
    const [left, right] = [planUri(`difference/${name} in the cluster`), planUri(`difference/${name} planned`)];
    this.put(left, liveText);
    this.put(right, planned);
    await vscode.commands.executeCommand('vscode.diff', left, right, `${name}: in the cluster ↔ planned`);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { content, changedAt, save } = await this.file(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: changedAt,
      size: content.byteLength,
      ...(!save && { permissions: vscode.FilePermission.Readonly }),
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.file(uri)).content;
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const { save } = await this.file(uri);
    if (!save) throw vscode.FileSystemError.NoPermissions(uri);
    try {
      await save(new TextDecoder().decode(content));
    } catch (error) {
      this.log.warn(`Could not save ${uri.path}: ${error instanceof Error ? error.message : String(error)}`);
      throw vscode.FileSystemError.Unavailable(sentences(error));
    }
    this.files.set(uri.toString(), { content, changedAt: this.later(uri), save });
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** The cluster is not watched for a file: it is read when it is opened. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private async file(uri: vscode.Uri): Promise<OpenFile> {
    return this.files.get(uri.toString()) ?? this.load(uri);
  }

  /** Reads a manifest from its cluster. */
  private async load(uri: vscode.Uri): Promise<OpenFile> {
    const object = objectOf(uri);
    // The text of a plan is gone with its page, and with the window.
    if (!object) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      const target = await (await this.services.clusters()).target(object.context, object.namespace);
      const text = await target.manifests.read(formatServiceRef(object), 'edit');
      return this.put(uri, text, (edited) => this.apply(object, edited));
    } catch (error) {
      if (ModelDeckError.is(error) && error.category === 'not-found') throw vscode.FileSystemError.FileNotFound(uri);
      throw vscode.FileSystemError.Unavailable(sentences(error));
    }
  }

  private put(uri: vscode.Uri, text: string, save?: OpenFile['save']): OpenFile {
    const content = new TextEncoder().encode(text);
    const known = this.files.get(uri.toString());
    if (known && Buffer.compare(known.content, content) === 0) return known;
    const file = { content, changedAt: this.later(uri), ...(save && { save }) };
    this.files.set(uri.toString(), file);
    if (known) this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    return file;
  }

  /** Now, and never the time of the file's last change: VS Code tells changes by it. */
  private later(uri: vscode.Uri): number {
    return Math.max(Date.now(), (this.files.get(uri.toString())?.changedAt ?? 0) + 1);
  }

  /** Applies what the user saved; asks about the fields that others manage. */
  private async apply(object: NamedObject, text: string): Promise<void> {
    const target = await (await this.services.clusters()).target(object.context, object.namespace);
    try {
      await target.manifests.apply(text);
    } catch (error) {
      const conflicts = fieldConflicts(error);
      if (conflicts.length === 0) throw error;
      const choice = await askAboutConflicts(object.name, conflicts);
      if (choice === undefined) throw error;
      if (choice === 'take') return target.manifests.apply(text, { force: true });
      const { withoutFields } = await this.services.kserve();
      await target.manifests.apply(withoutFields(text, conflicts.map(({ field }) => field))); // prettier-ignore
    }
  }

  private async forget(uri: vscode.Uri): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const open = tabs.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()); // prettier-ignore
    await vscode.window.tabGroups.close(open.filter(({ isDirty }) => !isDirty));
    this.files.delete(uri.toString());
  }
}

async function askAboutConflicts(
  name: string,
  conflicts: readonly FieldConflict[],
): Promise<'take' | 'leave' | undefined> {
  const take = 'Take Over';
  const leave = 'Leave as They Are';
  const detail = conflicts.map(({ field, manager }) => `${field} (${manager})`).join('\n');
  const chosen = await vscode.window.showWarningMessage(
    `Others manage ${conflicts.length === 1 ? 'a field' : `${conflicts.length} fields`} of ${name} that you have changed.`,
    { modal: true, detail },
    take,
    leave,
  );
  return chosen === take ? 'take' : chosen === leave ? 'leave' : undefined;
}

function planUri(path: string): vscode.Uri {
  return vscode.Uri.from({ scheme, authority: plan, path: `/${path}.yaml` });
}

function liveUri({ context, namespace, name }: NamedObject): vscode.Uri {
  // A context may have slashes; as one part of the path it must not.
  const path = `/${encodeURIComponent(context)}/${namespace}/${name}.yaml`;
  return vscode.Uri.from({ scheme, authority: live, path });
}

function objectOf({ authority, path }: vscode.Uri): NamedObject | undefined {
  const [, context, namespace, name] = /^\/([^/]+)\/([^/]+)\/([^/]+)\.yaml$/.exec(path) ?? [];
  if (authority !== live || context === undefined || namespace === undefined || name === undefined) return undefined;
  return { context: decodeURIComponent(context), namespace, objectKind: 'InferenceService', name };
}

function sentences(error: unknown): string {
  if (!ModelDeckError.is(error)) return error instanceof Error ? error.message : String(error);
  return [error.message, error.remedy].filter(Boolean).join(' ');
}
