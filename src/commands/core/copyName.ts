import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { nameOfRow, rowSubject } from './arguments.ts';

/** "Copy Name": the name of a row, for a terminal. */
export async function copyName(argument: unknown): Promise<void> {
  const name = nameOfRow(rowSubject(argument));
  if (name === undefined) {
    throw new ModelDeckError('invalid-input', 'No row is selected.', {
      remedy: 'Run the command from the menu of a row in the Clusters or Model Stores view.',
    });
  }
  await vscode.env.clipboard.writeText(name);
  vscode.window.setStatusBarMessage(`Copied ${name}`, 5000);
}
