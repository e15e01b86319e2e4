import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { pathArgument } from '../core/arguments.ts';
import { addKubeconfigFile, kubeconfigFiles } from '../core/settings.ts';

/** "Choose Kubeconfig…": a file whose contexts are shown from now on, beside those that kubectl knows. */
export async function chooseKubeconfig(argument: unknown): Promise<void> {
  const file = pathArgument(argument) ?? (await askForFile());
  const contexts = await contextsIn(file);
  if (!kubeconfigFiles().includes(file)) await addKubeconfigFile(file);
  await vscode.commands.executeCommand('modelDeck.clusters.focus');
  const names = contexts.length === 1 ? `the context ${contexts[0] ?? ''}` : `${contexts.length} contexts`;
  vscode.window.setStatusBarMessage(`${path.basename(file)}: ${names} in the Clusters view.`, 5000);
}

/** Reads the file only; no cluster is contacted. */
async function contextsIn(file: string): Promise<readonly string[]> {
  const { readContexts } = await import('../../cluster/index.ts');
  const { contexts, problems } = await readContexts([file]);
  if (contexts.length > 0) return contexts.map(({ name }) => name);
  throw new ModelDeckError('invalid-input', `${path.basename(file)} names no cluster.`, {
    remedy: problems[0]?.message ?? 'Choose the file that kubectl uses for your cluster, often ~/.kube/config.',
    nextStep: { kind: 'choose-kubeconfig' },
  });
}

async function askForFile(): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: 'Choose a kubeconfig',
    openLabel: 'Choose',
    canSelectFiles: true,
    canSelectFolders: false,
    defaultUri: vscode.Uri.file(os.homedir()),
  });
  const uri = picked?.[0];
  if (uri === undefined) throw ModelDeckError.cancelled();
  return uri.fsPath;
}
