import type * as packaging from '../../packaging/index.ts';
import path from 'node:path';
import * as vscode from 'vscode';
import { modelSpecFileName } from '../../packaging/spec/modelSpec.ts';
import type { Findings } from './findings.ts';
import { specProviders } from './specProviders.ts';

type Packaging = () => Promise<typeof packaging>;

/** Milliseconds without a key press before an edited model-deck.yaml is read again. */
const quietMs = 300;

/** Open `model-deck.yaml` documents: checked as they are typed, with completion, hover, quick fixes and lenses. */
export class SpecDocuments implements vscode.Disposable {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly parts: vscode.Disposable[];

  constructor(
    private readonly packaging: Packaging,
    private readonly findings: Findings,
  ) {
    const again = (uri: vscode.Uri): void => this.scheduleBeside(uri);
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    this.parts = [
      vscode.workspace.onDidOpenTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument((document) => isSpec(document) && findings.close(document)),
      // A file that comes or goes may be one that a spec names.
      watcher,
      watcher.onDidCreate(again),
      watcher.onDidDelete(again),
      ...specProviders(packaging, findings),
    ];
    vscode.workspace.textDocuments.forEach((document) => this.schedule(document));
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.parts.forEach((part) => void part.dispose());
  }

  private scheduleBeside({ fsPath }: vscode.Uri): void {
    for (const document of vscode.workspace.textDocuments) {
      if (fsPath.startsWith(path.dirname(document.fileName) + path.sep)) this.schedule(document);
    }
  }

  private schedule(document: vscode.TextDocument): void {
    if (!isSpec(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        void this.validate(document);
      }, quietMs),
    );
  }

  private async validate(document: vscode.TextDocument): Promise<void> {
    const { specProblems } = await this.packaging();
    const { version } = document;
    const found = await specProblems(document.fileName, document.getText());
    if (!document.isClosed && document.version === version) this.findings.showTyped(document, found);
  }
}

function isSpec({ uri, fileName }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && path.basename(fileName) === modelSpecFileName;
}
