import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { chosenModel } from '../core/chosenModel.ts';
import type { Services } from '../core/services.ts';

const scheme = 'model-deck-manifest';

/** Shows `MAR-INF/MANIFEST.json` of a stored or deployed model as a read-only document. */
export class ManifestDocuments implements vscode.TextDocumentContentProvider {
  constructor(private readonly services: Services) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async open(argument: unknown): Promise<void> {
    const { name, version, archivePath } = await chosenModel(
      this.services,
      argument,
      'Open the manifest of which model?',
    );
    const label = [name, version].filter(Boolean).join(' ');
    if (archivePath === undefined) throw new ModelDeckError('unsupported', `${label} does not lie in a folder.`);
    // The path names the tab; the query says which archive.
    const uri = vscode.Uri.from({ scheme, path: `/${label} MANIFEST.json`, query: archivePath });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const { readArchive } = await this.services.packaging();
    const { manifest } = await readArchive(uri.query, { signal: abort.signal });
    if (manifest) return `${JSON.stringify(manifest, null, 2)}\n`;
    throw new ModelDeckError('not-found', `${path.basename(uri.query)} has no MAR-INF/MANIFEST.json.`);
  }
}
