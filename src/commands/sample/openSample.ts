import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { pathArgument } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { reached } from '../core/milestones.ts';
import { copySample, intend, isSample, sampleModel, takeIntent } from './sampleFolder.ts';

/** What is done with the sample once it is in the window. */
export interface SampleSteps {
  /** Deploys a folder to this computer, without a question. @returns the id of the deployment */
  readonly deploy: (modelFolder: string) => Promise<string>;
  /** Opens the panel on a deployment, with a picture. */
  readonly classify: (endpointId: string, picture: vscode.Uri) => Promise<void>;
}

/** The photo that is classified. */
const photo = 'chelsea.jpg';

/**
 * "Open Sample": ends with a classified cat. Copies the sample, opens it, deploys it to this computer and opens the panel, without a
 * question where nothing else is open. A window that opens a folder starts from the beginning: it goes on with {@link resume}.
 */
export class OpenSample {
  constructor(
    /** Folder of the extension that holds the sample. */
    private readonly samples: string,
    private readonly runner: CommandRunner,
    private readonly steps: SampleSteps,
  ) {}

  /** @param argument the folder to copy into, for scripts: nothing is opened then */
  async run(argument: unknown): Promise<void> {
    const parent = pathArgument(argument);
    if (parent !== undefined) return void (await copySample(this.samples, parent));
    const present = await inWorkspace();
    if (present !== undefined) return this.show(present);
    const sample = await this.copy();
    await intend(sample);
    if (await open(vscode.Uri.file(sample))) await this.resume();
  }

  /** Goes on in a window that has opened the sample; called when the extension starts, and when trust is granted. */
  async resume(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      if (uri.scheme === 'file' && (await takeIntent(uri.fsPath))) return this.show(path.join(uri.fsPath, sampleModel));
    }
  }

  /** Into the home folder; where that does not take it, the user says where. */
  private async copy(): Promise<string> {
    const home = os.homedir();
    const words = { copy: `Copying the sample model to ${home}` };
    try {
      return await this.runner.withProgress('Open Sample', words, (task) => {
        task.onProgress?.({ step: 'copy' });
        return copySample(this.samples, home);
      });
    } catch (error) {
      if (!ModelDeckError.is(error) || !['conflict', 'permission', 'no-space'].includes(error.category)) throw error;
      return copySample(this.samples, await askForFolder(error.message));
    }
  }

  private async show(modelFolder: string): Promise<void> {
    const picture = vscode.Uri.file(path.join(modelFolder, 'photos', photo));
    await vscode.commands.executeCommand('revealInExplorer', picture);
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(path.join(modelFolder, 'README.md')));
    const endpointId = await this.steps.deploy(modelFolder);
    // Beside the README: the panel opens in the group that is active.
    if (!isPanelOpen()) await vscode.commands.executeCommand('workbench.action.newGroupRight');
    await this.steps.classify(endpointId, picture);
    reached('sampleOpened');
  }
}

/** The model folder of the sample, where the workspace has it. */
async function inWorkspace(): Promise<string | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme === 'file' && (await isSample(uri.fsPath))) return path.join(uri.fsPath, sampleModel);
  }
  const [found] = await vscode.workspace.findFiles(`**/${sampleModel}/model-deck.yaml`, '**/node_modules/**', 1);
  return found && path.dirname(found.fsPath);
}

/** @returns whether it is in this window, which goes on as it is */
async function open(sample: vscode.Uri): Promise<boolean> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const how = folders.length === 0 ? 'here' : await askHow();
  if (how !== 'add') {
    await vscode.commands.executeCommand('vscode.openFolder', sample, { forceNewWindow: how === 'new' });
    return false;
  }
  const isAdded = new Promise<void>((resolve) => {
    const subscription = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      subscription.dispose();
      resolve();
    });
  });
  vscode.workspace.updateWorkspaceFolders(folders.length, 0, { uri: sample });
  // With the second folder of a window the extension may be started again before this comes: then it goes on by itself.
  await isAdded;
  return true;
}

async function askHow(): Promise<'new' | 'here' | 'add'> {
  const items = [
    { label: '$(empty-window) Open in New Window', how: 'new' as const },
    { label: '$(window) Open in This Window', how: 'here' as const },
    { label: '$(add) Add to Workspace', how: 'add' as const },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'Open Sample', placeHolder: 'Open the sample in' });
  if (chosen === undefined) throw ModelDeckError.cancelled();
  return chosen.how;
}

async function askForFolder(reason: string): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: `Choose a folder for the sample: ${reason}`,
    openLabel: 'Copy Here',
    canSelectFolders: true,
    canSelectFiles: false,
  });
  const uri = picked?.[0];
  if (uri === undefined) throw ModelDeckError.cancelled();
  return uri.fsPath;
}

function isPanelOpen(): boolean {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('modelDeck.classify'));
}
