import type * as packaging from '../../packaging/index.ts';
import path from 'node:path';
import * as vscode from 'vscode';
import { modelSpecFileName } from '../../packaging/spec/modelSpec.ts';
import type { SpecCompletion } from '../../packaging/spec/editor/completions.ts';
import type { Findings } from './findings.ts';

type Packaging = () => Promise<typeof packaging>;

const selector: vscode.DocumentSelector = { scheme: 'file', pattern: `**/${modelSpecFileName}` };

/** In YAML, VS Code suggests nothing inside unquoted text by itself: each letter asks. */
const triggers = [...':/{, abcdefghijklmnopqrstuvwxyz'];

/** The lenses above the first line, by the command that each runs on the folder. */
const lenses = [
  ['$(package) Package', 'modelDeck.packageModel'],
  ['$(rocket) Deploy', 'modelDeck.deployModel'],
  ['$(beaker) Try It', 'modelDeck.tryModel'],
] as const;

/** What VS Code asks about `model-deck.yaml`: thin, each answer is made by an engine in `packaging/spec/editor`. */
export function specProviders(engine: Packaging, findings: Findings): readonly vscode.Disposable[] {
  return [
    vscode.languages.registerCompletionItemProvider(
      selector,
      { provideCompletionItems: (document, position) => complete(engine, document, position) },
      ...triggers,
    ),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: (document, position) => hover(engine, document, position),
    }),
    vscode.languages.registerCodeActionsProvider(
      selector,
      { provideCodeActions: (document, range) => quickFixes(findings, document, range) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
    vscode.languages.registerCodeLensProvider(selector, { provideCodeLenses: lensesOf }),
  ];
}

async function complete(
  engine: Packaging,
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const { completeSpec, filesBeside, packageKinds } = await engine();
  const surroundings = {
    files: await filesBeside(path.dirname(document.fileName)),
    packageKinds: packageKinds.all.map(({ kind }) => kind),
  };
  return completeSpec(document.getText(), { line, column: character }, surroundings).map(itemOf);
}

const kinds: Readonly<Record<SpecCompletion['kind'], vscode.CompletionItemKind>> = {
  field: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  file: vscode.CompletionItemKind.File,
};

function itemOf(completion: SpecCompletion, place: number): vscode.CompletionItem {
  const { label, insert, replace, documentation, goesOn } = completion;
  const item = new vscode.CompletionItem(label, kinds[completion.kind]);
  // The lines of a block have their own indentation already, which a snippet would add once more.
  item.insertText = insert;
  item.keepWhitespace = true;
  item.range = new vscode.Range(replace.line, replace.column, replace.line, replace.endColumn);
  item.sortText = String(place).padStart(5, '0');
  if (documentation !== undefined) item.documentation = documentation;
  if (goesOn) item.command = { command: 'editor.action.triggerSuggest', title: 'Suggest' };
  return item;
}

async function hover(
  engine: Packaging,
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const { hoverSpec } = await engine();
  const found = hoverSpec(document.getText(), { line, column: character });
  if (found === undefined) return undefined;
  const { field, paragraphs, span } = found;
  const text = new vscode.MarkdownString().appendMarkdown('**').appendText(field).appendMarkdown('**');
  for (const paragraph of paragraphs) text.appendMarkdown('\n\n').appendText(paragraph);
  return new vscode.Hover(text, new vscode.Range(span.line, span.column, span.line, span.endColumn));
}

function quickFixes(findings: Findings, document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
  const seen = new Set<string>();
  return findings.fixesAt(document, range).map(({ fix, diagnostic }) => {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    // The first one for each problem is the likeliest.
    action.isPreferred = !seen.has(diagnostic.message);
    seen.add(diagnostic.message);
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(document.uri, new vscode.Range(fix.line, fix.column, fix.line, fix.endColumn), fix.text);
    return action;
  });
}

function lensesOf({ uri }: vscode.TextDocument): vscode.CodeLens[] {
  if (!vscode.workspace.isTrusted) return [];
  const top = new vscode.Range(0, 0, 0, 0);
  return lenses.map(([title, command]) => new vscode.CodeLens(top, { title, command, arguments: [uri] }));
}
