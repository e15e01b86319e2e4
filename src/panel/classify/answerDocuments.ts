import * as vscode from 'vscode';

const scheme = 'model-deck-answer';
/** Texts that are kept for tabs which may still show them; the oldest go. */
const mostTexts = 50;

/** Raw answers in VS Code's own editor, read-only. */
export class AnswerDocuments implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private last = 0;

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.query) ?? '';
  }

  /** Opens the text beside the panel. @param name of the image */
  async open(name: string, text: string): Promise<void> {
    this.last += 1;
    const key = String(this.last);
    this.texts.set(key, text);
    for (const old of [...this.texts.keys()].slice(0, -mostTexts)) this.texts.delete(old);
    const isJson = /^\s*[[{]/.test(text);
    const uri = vscode.Uri.from({ scheme, path: `/Response to ${name}.${isJson ? 'json' : 'txt'}`, query: key });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
