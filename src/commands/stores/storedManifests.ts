import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { chosenModel } from '../core/chosenModel.ts';
import type { Services } from '../core/services.ts';
import { prompts } from '../prompts.ts';

const scheme = 'model-deck-manifest';

/** Shows how the package of a stored or deployed model describes itself, as a read-only document. */
export class ManifestDocuments implements vscode.TextDocumentContentProvider {
  constructor(private readonly services: Services) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async open(argument: unknown): Promise<void> {
    const model = await chosenModel(this.services, argument, prompts.openPackageDescription);
    const label = [model.name, model.version].filter(Boolean).join(' ');
    const where = model.archivePath ?? model.path;
    if (where === undefined) throw new ModelDeckError('unsupported', `${label} is not in a folder of this computer.`);
    // The path names the tab; the query says which package.
    const query = JSON.stringify({ where, kind: model.kind });
    const uri = vscode.Uri.from({ scheme, path: `/${label} MANIFEST.json`, query });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const { where, kind } = JSON.parse(uri.query) as { readonly where: string; readonly kind?: string };
    const { packageKinds } = await this.services.packaging();
    const { description } = await packageKinds.of(kind).read(where, { signal: abort.signal });
    if (description) return description.text;
    throw new ModelDeckError('not-found', `${path.basename(where)} has no manifest.`);
  }
}
