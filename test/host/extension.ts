import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

/** The part of package.json that the suites look at. */
interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('model-deck.model-deck');
  assert.ok(found, 'the extension is installed');
  return found;
}

export function manifest(): Manifest {
  return extension().packageJSON as Manifest;
}

/** A path in the workspace, which holds a copy of the sample. */
export function inWorkspace(...parts: readonly string[]): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return path.join(folder.uri.fsPath, ...parts);
}
