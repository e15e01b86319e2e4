import { isRecord } from '../../foundation/json.ts';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import type { NodeSubject, TreeNode } from '../../views/treeNode.ts';
import { prompts } from '../prompts.ts';

/** The row that a command was run from, if it was. */
export function rowSubject(argument: unknown): NodeSubject | undefined {
  return isRecord(argument) && 'subject' in argument ? (argument as unknown as TreeNode).subject : undefined;
}

/** The id of the endpoint that a row stands for. */
export function endpointOf(argument: unknown): string | undefined {
  const subject = rowSubject(argument);
  if (subject?.kind === 'service') return subject.deploymentId;
  return subject?.kind === 'deployment' ? subject.deployment.id : undefined;
}

/** A file-system path out of what menus (a Uri) and scripts (a path, or an object with `path` or `folder`) hand over. */
export function pathArgument(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (argument instanceof vscode.Uri) return localPath(argument);
  if (!isRecord(argument)) return undefined;
  const named = argument['folder'] ?? argument['path'];
  return typeof named === 'string' && !('subject' in argument) ? named : undefined;
}

/** A text field of a script's argument object. */
export function textField(argument: unknown, field: string): string | undefined {
  const value = isRecord(argument) ? argument[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The folder itself, or the one that holds the file. */
export async function folderOf(where: string): Promise<string> {
  try {
    return (await stat(where)).isDirectory() ? where : path.dirname(where);
  } catch (error) {
    throw fileError(error, 'open the model', where);
  }
}

/** The open document that a command without argument means, when it is a `model-deck.yaml` or an archive. */
export function activeModelPath(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri?.scheme === 'file' && /(^|[/\\])(model-deck\.yaml|[^/\\]+\.mar)$/.test(uri.fsPath)
    ? uri.fsPath
    : undefined;
}

/** The name of what a row stands for, as kubectl or a URL has it. */
export function nameOfRow(subject: NodeSubject | undefined): string | undefined {
  switch (subject?.kind) {
    case 'context':
    case 'service':
      return subject.name;
    case 'namespace':
      return subject.namespace;
    case 'pod':
      return subject.pod;
    case 'container':
      return subject.container;
    case 'claim':
      return subject.claim;
    case 'runtime':
      return subject.runtime;
    case 'deployment':
      return subject.deployment.name;
    case 'model':
      return subject.model.name;
    default:
      return undefined;
  }
}

/** A folder as the user knows it: below the name of its workspace folder, where there are several. */
function folderLabel(folder: string): string {
  const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
  if (root === undefined) return folder;
  const relative = path.relative(root.uri.fsPath, folder).split(path.sep).join('/');
  const isOneOfMany = (vscode.workspace.workspaceFolders ?? []).length > 1;
  return relative === '' || isOneOfMany ? [root.name, relative].filter(Boolean).join('/') : relative;
}

/**
 * Asks which model folder is meant: those of the workspace that hold a spec or weights, or any other.
 * @throws ModelDeckError `cancelled`
 */
export async function askForModelFolder(title: string): Promise<string> {
  const found = await vscode.workspace.findFiles(
    '**/{model-deck.yaml,*.onnx,*.pt,*.pth}',
    '**/{node_modules,package,.git,.venv,venv,site-packages}/**',
    500,
  );
  const folders = [...new Set(found.map((uri) => path.dirname(uri.fsPath)))].sort();
  const items = folders.map((folder) => ({
    label: folderLabel(folder),
    description: folder,
    folder,
  }));
  const browse = { label: '$(folder-opened) Browse…', description: 'Choose another folder', folder: undefined };
  const chosen =
    items.length === 0
      ? browse
      : await vscode.window.showQuickPick([...items, browse], { title, placeHolder: prompts.modelFolder });
  if (chosen?.folder !== undefined) return chosen.folder;
  const picked =
    chosen && (await vscode.window.showOpenDialog({ title, canSelectFolders: true, canSelectFiles: false }));
  const uri = picked?.[0];
  if (uri === undefined) throw ModelDeckError.cancelled();
  return localPath(uri);
}

function localPath(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new ModelDeckError('unsupported', `${uri.toString(true)} is not on a file system that this window can read.`, {
    remedy: 'Open the folder on the machine that has the model (Remote SSH, WSL and containers work).',
  });
}
