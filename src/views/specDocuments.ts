import type * as packaging from '../packaging/index.ts';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../packaging/read/detection.ts';
import { modelSpecFileName } from '../packaging/spec/modelSpec.ts';
import schema from '../../media/model-deck.schema.json';

/** Milliseconds without a key press before an edited model-deck.yaml is read again. */
const quietMs = 300;

type Packaging = () => Promise<typeof packaging>;

/** Validates open `model-deck.yaml` documents as they are typed, and completes their keys where no YAML extension does. */
export class SpecDocuments implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('Model Deck spec');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly parts: vscode.Disposable[];

  constructor(private readonly packaging: Packaging) {
    const selector: vscode.DocumentSelector = { scheme: 'file', pattern: `**/${modelSpecFileName}` };
    this.parts = [
      this.collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.collection.delete(uri)),
      vscode.languages.registerCompletionItemProvider(selector, { provideCompletionItems: completeKeys }),
    ];
    vscode.workspace.textDocuments.forEach((document) => this.schedule(document));
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.parts.forEach((part) => void part.dispose());
  }

  private schedule(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || path.basename(document.fileName) !== modelSpecFileName) return;
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
    const { parseSpec } = await this.packaging();
    if (document.isClosed) return;
    const { findings } = parseSpec(document.getText(), document.fileName);
    this.collection.set(document.uri, findings.map(specDiagnostic));
  }
}

function specDiagnostic({ location, message, remedy, severity, code }: Finding): vscode.Diagnostic {
  const line = location?.line ?? 0;
  const range = new vscode.Range(line, location?.column ?? 0, location?.endLine ?? line, location?.endColumn ?? 1000);
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, `${message}\n${remedy}`, level);
  diagnostic.source = 'Model Deck';
  diagnostic.code = code;
  return diagnostic;
}

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly enum?: readonly unknown[];
}

/** Offers the keys of the mapping that the line stands in, or the values of an enumerated key. */
function completeKeys(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
  // The YAML extension completes from the schema that the manifest contributes; twice would be noise.
  if (vscode.extensions.getExtension('redhat.vscode-yaml')) return [];
  const line = document.lineAt(position).text.slice(0, position.character);
  const root: SchemaNode = schema;
  const parent = /^\s/.test(line) ? root.properties?.[parentKey(document, position.line) ?? ''] : root;
  const valueOf = /^\s*([A-Za-z]+):\s+\S*$/.exec(line)?.[1];
  if (valueOf !== undefined) {
    return (parent?.properties?.[valueOf]?.enum ?? []).map(
      (value) => new vscode.CompletionItem(String(value), vscode.CompletionItemKind.EnumMember),
    );
  }
  return Object.entries(parent?.properties ?? {}).map(([key, { description, properties }]) => {
    const item = new vscode.CompletionItem(key, vscode.CompletionItemKind.Property);
    item.insertText = properties ? `${key}:\n  ` : `${key}: `;
    if (description !== undefined) item.documentation = description;
    return item;
  });
}

function parentKey(document: vscode.TextDocument, from: number): string | undefined {
  for (let line = from - 1; line >= 0; line -= 1) {
    const key = /^([A-Za-z]+):/.exec(document.lineAt(line).text)?.[1];
    if (key !== undefined) return key;
  }
  return undefined;
}
