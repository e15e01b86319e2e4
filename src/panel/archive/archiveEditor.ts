import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { folderRecordFile } from '../../packaging/modelPackage.ts';
import type * as Packaging from '../../packaging/index.ts';
import type { Task } from '../../foundation/task.ts';
import { archiveView, packageView } from './archiveView.ts';
import {
  isArchiveRequest,
  type ArchiveRequest,
  type ArchiveUpdate,
  type ArchiveView,
} from '../messages/archiveMessages.ts';
import { describeFailure } from '../showFailure.ts';
import { showPage } from '../page.ts';

export interface ArchiveEditorOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly packaging: () => Promise<typeof Packaging>;
}

/** A file that is written in pieces changes many times; it is read again when it has been quiet this long, in ms. */
const quietTime = 300;

/** Opens a `.mar`, or the record of a package that is a folder, read-only: what it says, what it holds, and what is odd about it. */
export class ArchiveEditorProvider implements vscode.CustomReadonlyEditorProvider {
  constructor(private readonly deps: ArchiveEditorOptions) {}

  register(): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider('modelDeck.archive', this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const editor = new ArchiveEditor(uri, panel.webview, this.deps);
    panel.onDidDispose(() => editor.dispose());
  }
}

class ArchiveEditor {
  /** What "Deploy" deploys: the archive, or the folder of the package. */
  private deployed: vscode.Uri;
  private reading: AbortController | undefined;
  private last: ArchiveUpdate = { type: 'reading' };
  private quiet: NodeJS.Timeout | undefined;
  private readonly watcher: vscode.FileSystemWatcher;

  constructor(
    private readonly uri: vscode.Uri,
    private readonly webview: vscode.Webview,
    private readonly deps: ArchiveEditorOptions,
  ) {
    this.deployed = uri;
    const folder = vscode.Uri.joinPath(uri, '..');
    const pattern = new vscode.RelativePattern(folder, literalGlob(path.posix.basename(uri.path)));
    this.watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const readLater = (): void => {
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => void this.read(), quietTime);
    };
    this.watcher.onDidChange(readLater);
    this.watcher.onDidCreate(readLater);
    this.watcher.onDidDelete(readLater);
    showPage(webview, {
      extensionUri: deps.extensionUri,
      name: 'archive',
      title: path.posix.basename(uri.path),
      log: deps.log,
      isRequest: isArchiveRequest,
      onRequest: (request) => this.answer(request),
      onFailure: (error) => deps.log.error(describeFailure(error).reason),
    });
    void this.read();
  }

  dispose(): void {
    this.reading?.abort();
    clearTimeout(this.quiet);
    this.watcher.dispose();
  }

  private async answer(request: ArchiveRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        return this.send(this.last);
      case 'cancel':
        return this.reading?.abort();
      case 'reload':
        return this.read();
      case 'deploy':
        await vscode.commands.executeCommand('modelDeck.deployModel', this.deployed);
        return;
      case 'copy-sha256':
        await vscode.env.clipboard.writeText(request.sha256);
        vscode.window.setStatusBarMessage('The SHA-256 is copied.', 5000);
        // Not remembered: it is said once.
        await this.webview.postMessage({ type: 'copied', what: 'SHA-256' } satisfies ArchiveUpdate);
    }
  }

  private async read(): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.send({ type: 'reading' });
    let outcome: ArchiveUpdate;
    try {
      if (this.uri.scheme !== 'file')
        throw new ModelDeckError('unsupported', `${this.uri.toString(true)} is not a file on this computer.`, {
          remedy: 'Open the file itself, for example from the Explorer.',
        });
      outcome = { type: 'contents', archive: await this.view({ signal: reading.signal }) };
    } catch (error) {
      const isCancelled = reading.signal.aborted || (ModelDeckError.is(error) && error.category === 'cancelled');
      outcome = isCancelled ? { type: 'cancelled' } : { type: 'failed', failure: describeFailure(error) };
      if (!isCancelled) this.deps.log.warn(`Could not open ${this.uri.fsPath}: ${describeFailure(error).reason}`);
    }
    // A newer reading has taken over.
    if (this.reading === reading) this.send(outcome);
  }

  /** The archive, or the package whose record the file is. */
  private async view(task: Task): Promise<ArchiveView> {
    const { packageKinds, readArchive } = await this.deps.packaging();
    const file = this.uri.fsPath;
    if (path.basename(file) !== folderRecordFile) return archiveView(await readArchive(file, task));
    const folder = path.dirname(file);
    const kind = await packageKinds.recognising(folder, true);
    if (kind === undefined) {
      throw new ModelDeckError('unsupported', `${folder} is no package that is known here.`, {
        location: { path: folder },
      });
    }
    // Everything is there: such a package gets no files besides.
    const model = await kind.adopt(folder, folder, task);
    this.deployed = vscode.Uri.file(folder);
    return packageView(model, await kind.read(folder, task), kind.label);
  }

  private send(update: ArchiveUpdate): void {
    this.last = update;
    void this.webview.postMessage(update);
  }
}

/** A glob that matches this file name and no other. */
function literalGlob(name: string): string {
  return name.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
