import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { writeWhole } from '../../foundation/writeWhole.ts';

/** The text of a spec as it stands in the editor, saved or not. */
export async function specText(file: string): Promise<string> {
  return (await vscode.workspace.openTextDocument(file)).getText();
}

/** Writes a spec, also into an editor that holds another text of it. @throws ModelDeckError `permission` */
export async function writeSpecText(file: string, text: string): Promise<void> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (open?.isDirty === true) return replaceUnsaved(open, text);
  try {
    await writeWhole(file, text);
  } catch (error) {
    throw fileError(error, 'write the spec', file);
  }
}

/** Through the editor, which would otherwise hold another text than the file. */
async function replaceUnsaved(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  await vscode.workspace.applyEdit(edit);
  if (!(await document.save())) {
    throw new ModelDeckError('permission', `${document.fileName} could not be saved.`, {
      remedy: 'Save it, and package again.',
      location: { path: document.fileName },
    });
  }
}
