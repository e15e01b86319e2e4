import * as vscode from 'vscode';
import type { Finding, TextFix } from '../../packaging/read/detection.ts';
import { FindingBook } from './findingBook.ts';

/** Shows everything that is known to be wrong with model folders, each thing once, on the very file and line. */
export class Findings implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('Model Deck');
  private readonly book = new FindingBook();

  dispose(): void {
    this.collection.dispose();
  }

  /** What a check found in a folder, in place of what was known before. */
  show(folder: string, findings: readonly Finding[]): void {
    const textOf = (file: string): string | undefined => openDocument(file)?.getText();
    this.book.check(folder, findings, textOf).forEach((file) => this.render(file));
  }

  /** What is wrong with the text of an open spec by itself. */
  showTyped(document: vscode.TextDocument, findings: readonly Finding[]): void {
    this.book.type(document.fileName, document.getText(), findings);
    this.render(document.fileName);
  }

  close({ fileName }: vscode.TextDocument): void {
    this.book.close(fileName);
    this.render(fileName);
  }

  /** The changes that would put right what stands in a range. */
  fixesAt(
    { fileName }: vscode.TextDocument,
    range: vscode.Range,
  ): readonly { readonly fix: TextFix; readonly diagnostic: vscode.Diagnostic }[] {
    return this.book.of(fileName).flatMap((finding) => {
      const made = diagnosticOf(finding);
      return made.range.intersection(range) === undefined
        ? []
        : (finding.fixes ?? []).map((fix) => ({ fix, diagnostic: made }));
    });
  }

  private render(file: string): void {
    this.collection.set(vscode.Uri.file(file), this.book.of(file).map(diagnosticOf));
  }
}

function openDocument(file: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
}

function diagnosticOf(finding: Finding): vscode.Diagnostic {
  const { line = 0, column = 0, endLine = line, endColumn } = finding.location ?? {};
  const end = endColumn ?? (endLine > line ? 0 : Number.MAX_SAFE_INTEGER);
  const later = finding.laterMessage === undefined ? '' : `\nTorchServe would say later: ${finding.laterMessage}`;
  const made = new vscode.Diagnostic(
    new vscode.Range(line, column, endLine, end),
    `${finding.message}\n${finding.remedy}${later}`,
    finding.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  made.source = 'Model Deck';
  made.code = finding.code;
  return made;
}
