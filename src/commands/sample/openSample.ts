import path from 'node:path';
import { cp, readdir, rename, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { makeFolder } from '../../foundation/makeFolder.ts';
import { pathArgument } from '../core/arguments.ts';

/** "Open Sample…": copies the sample model to a folder of the user's choice and opens it. */
export class OpenSample {
  constructor(private readonly samplesFolder: string) {}

  /** @param argument the folder to copy into, for scripts */
  async run(argument: unknown): Promise<void> {
    const parent = pathArgument(argument) ?? (await askForFolder());
    const destination = await this.copyInto(parent);
    // Not awaited: the command is done, whether or not the user answers.
    void offerToOpen(destination);
  }

  private async copyInto(parent: string): Promise<string> {
    const destination = path.join(parent, 'model-deck-sample');
    const incomplete = `${destination}.part`;
    try {
      const there = await readdir(destination).catch(() => []);
      if (there.length > 0) {
        throw new ModelDeckError('conflict', `${destination} exists already.`, {
          remedy: 'Choose another folder, or open that one.',
          nextStep: { kind: 'reveal-file', path: destination },
        });
      }
      await makeFolder(parent);
      await cp(this.samplesFolder, incomplete, { recursive: true });
      await rename(incomplete, destination);
      return destination;
    } catch (error) {
      await rm(incomplete, { recursive: true, force: true });
      throw fileError(error, 'copy the sample', destination);
    }
  }
}

async function askForFolder(): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: 'Copy the sample into which folder?',
    openLabel: 'Copy Here',
    canSelectFolders: true,
    canSelectFiles: false,
  });
  const uri = picked?.[0];
  if (uri === undefined) throw ModelDeckError.cancelled();
  return uri.fsPath;
}

async function offerToOpen(folder: string): Promise<void> {
  const open = 'Open Here';
  const openNew = 'Open in New Window';
  const chosen = await vscode.window.showInformationMessage(`The sample is in ${folder}.`, open, openNew);
  if (chosen === undefined) return;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), {
    forceNewWindow: chosen === openNew,
  });
}
