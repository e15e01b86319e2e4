import path from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../../packaging/read/detection.ts';
import { modelSpecFileName } from '../../packaging/spec/modelSpec.ts';

/** Shows what the pre-flight checks found as diagnostics, on the very file and line. */
export class Findings implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('Model Deck');

  dispose(): void {
    this.collection.dispose();
  }

  /** Replaces what was known of this folder. */
  show(folder: string, findings: readonly Finding[]): void {
    this.collection.forEach((uri) => {
      if (uri.fsPath.startsWith(folder + path.sep)) this.collection.delete(uri);
    });
    const fileOf = (finding: Finding): string => finding.location?.path ?? path.join(folder, modelSpecFileName);
    for (const file of new Set(findings.map(fileOf))) {
      const ofFile = findings.filter((finding) => fileOf(finding) === file);
      this.collection.set(vscode.Uri.file(file), ofFile.map(diagnostic));
    }
  }
}

function diagnostic(finding: Finding): vscode.Diagnostic {
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
