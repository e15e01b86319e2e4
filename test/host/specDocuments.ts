import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitUntil } from '../waitUntil.ts';
import { inWorkspace } from './extension.ts';

describe('model-deck.yaml in the editor', () => {
  it('is validated as it is typed', async () => {
    const file = path.join(inWorkspace('efficientnet-lite0'), 'model-deck.yaml');
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document);
    const wrong = new vscode.Position(document.lineCount, 0);
    await editor.edit((edit) => edit.insert(wrong, '\nversoin: 2\n'));
    const problem = await waitUntil('there is a problem', () => vscode.languages.getDiagnostics(document.uri)[0]);
    assert.match(problem.message, /versoin/);
    assert.equal(document.lineAt(problem.range.start.line).text.includes('versoin'), true);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await waitUntil('it has gone', () => vscode.languages.getDiagnostics(document.uri).length === 0);
  });

  it('completes its keys', async () => {
    const file = inWorkspace('model-deck.yaml');
    await writeFile(file, 'na');
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const offered = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(0, 2),
    );
    const labels = offered.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const key of ['name', 'weights', 'preprocessing']) assert.ok(labels.includes(key), key);
  });
});
