import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitUntil } from '../waitUntil.ts';
import { inWorkspace } from './extension.ts';

const text = `name: net
version: '1.0'
weights: net.onnx
handler: model-deck:onnx-image-classifier
input: { width: 224, height: 224 }
`;

describe('model-deck.yaml in the editor', () => {
  const folder = (): string => inWorkspace('document');
  let document: vscode.TextDocument;

  beforeEach(async () => {
    await mkdir(folder(), { recursive: true });
    const sample = await readFile(inWorkspace('efficientnet-lite0', 'efficientnet-lite0.onnx'));
    await writeFile(path.join(folder(), 'net.onnx'), sample);
    await writeFile(path.join(folder(), 'model-deck.yaml'), text);
    document = await vscode.workspace.openTextDocument(path.join(folder(), 'model-deck.yaml'));
    await vscode.window.showTextDocument(document);
    await type(text);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(folder(), { recursive: true });
  });

  async function type(all: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), all);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  const problems = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(document.uri);
  const said = (): readonly string[] => problems().map(({ message }) => message.split('\n')[0] ?? '');

  async function shows(...sentences: readonly string[]): Promise<void> {
    await waitUntil(`the problems are ${sentences.join(' and ')}`, () => said().join() === sentences.join());
  }

  async function completed(at: vscode.Position): Promise<readonly string[]> {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at,
    );
    return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
  }

  it('names a misspelt field and a missing file as they are typed, and puts them right', async () => {
    await shows();
    await type(text.replace('weights: net.onnx', 'weigths: net.onnx'));
    await shows('Unknown field "weigths". Did you mean "weights"?');
    await applyFirstFix('Write "weights"');
    await shows();
    assert.equal(document.getText(), text);
    await type(text.replace('net.onnx', 'Net.onnx'));
    await shows('weights: there is no Net.onnx in the folder.');
    await applyFirstFix('Write net.onnx');
    await shows();
  });

  async function applyFirstFix(title: string): Promise<void> {
    const [problem] = problems();
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const [action] = actions;
    assert.equal(action?.title, title);
    assert.ok(action.edit && (await vscode.workspace.applyEdit(action.edit)));
  }

  it('shows a problem once, also after the folder was to be packaged', async () => {
    const labels = path.join(folder(), 'labels.json');
    await writeFile(labels, '{"0": "cat",\n"1" "dog"}');
    await type(`${text}labels: labels.json\nrequirements: gone.txt\n`);
    const missing = 'requirements: there is no gone.txt in the folder.';
    await shows(missing);
    // Not awaited: the command ends when its message is answered.
    void vscode.commands.executeCommand('modelDeck.packageModel', vscode.Uri.file(folder()));
    await waitUntil(
      'the check has told what is wrong with the labels',
      () => vscode.languages.getDiagnostics(vscode.Uri.file(labels)).length > 0,
    );
    assert.deepEqual(said(), [missing]);
  });

  it('completes the keys that are missing, those of a block, and the names of files', async () => {
    await type(`${text}\n`);
    const keys = await completed(new vscode.Position(5, 0));
    assert.ok(keys.includes('labels') && keys.includes('provenance'), keys.join());
    for (const present of ['name', 'weights', 'input']) assert.ok(!keys.includes(present), present);
    const inside = await completed(new vscode.Position(4, 'input: { width: 224, '.length));
    assert.ok(inside.includes('mean') && !inside.includes('width') && !inside.includes('labels'), inside.join());
    assert.deepEqual(await completed(new vscode.Position(2, 'weights: '.length)), ['net.onnx']);
  });

  it('explains a field, and offers what can be done with the folder', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(3, 2),
    );
    const told = hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value));
    // VS Code writes spaces of plain text so.
    assert.match(told.join('\n').replaceAll('&nbsp;', ' '), /handler.*built into TorchServe/s);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['modelDeck.packageModel', 'modelDeck.deployModel', 'modelDeck.tryModel'],
    );
  });
});
