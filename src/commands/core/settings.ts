import path from 'node:path';
import * as vscode from 'vscode';
import { isRecord } from '../../foundation/json.ts';
import type { Quantity } from '../../kserve/resources/core.ts';
import type { UploadResources } from '../../stores/claim/claimPlace.ts';

/** The extension's settings, read when they are needed, so that a change counts at once. */

/** Absolute output folder for the package of a model folder. */
export function outputFolder(modelFolder: string): string {
  const configured = section(modelFolder).get<string>('packaging.outputFolder')?.trim() || 'package';
  return path.resolve(modelFolder, expandHome(configured));
}

/** Absolute folder of the local store, or nothing for the default in the extension's own storage. */
export function localStoreFolder(): string | undefined {
  const configured = section().get<string>('localStore.folder')?.trim();
  return configured ? path.resolve(expandHome(configured)) : undefined;
}

export async function setLocalStoreFolder(folder: string): Promise<void> {
  await section().update('localStore.folder', folder, vscode.ConfigurationTarget.Global);
}

/** Python interpreter or `torchserve` program of the user's choice. */
export function pythonPath(): string | undefined {
  const configured = section().get<string>('python.path')?.trim();
  return configured ? expandHome(configured) : undefined;
}

/** Absolute paths of kubeconfig files beside those of kubectl; relative ones start at the first workspace folder. */
export function kubeconfigFiles(): readonly string[] {
  const configured = section().get<unknown>('kubeconfig.files');
  const files = textsOf(configured);
  const start = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  return files.map((file) => file.trim()).flatMap((file) => (file ? [path.resolve(start, expandHome(file))] : []));
}

/** Names one more kubeconfig file, where the list that counts is written: the workspace's, or else the user's. */
export async function addKubeconfigFile(file: string): Promise<void> {
  const { workspaceValue, globalValue } = section().inspect<unknown>('kubeconfig.files') ?? {};
  const [before, target] =
    workspaceValue === undefined
      ? ([globalValue, vscode.ConfigurationTarget.Global] as const)
      : ([workspaceValue, vscode.ConfigurationTarget.Workspace] as const);
  await section().update('kubeconfig.files', [...textsOf(before), file], target);
}

/** Where archives for TorchServe get ONNX Runtime from, as `vendoringOf` takes it; relative paths start at the folder. */
export function onnxRuntimeSource(modelFolder: string): string {
  const configured = section(modelFolder).get<string>('torchServe.onnxRuntime')?.trim() ?? '';
  if (!configured.endsWith('.whl') || /^https?:/.test(configured)) return configured;
  return path.resolve(modelFolder, expandHome(configured));
}

/** Python and processor of TorchServe's images. */
export function torchServePlatform(): { readonly python: string; readonly machine: string } {
  const settings = section();
  return {
    python: settings.get<string>('torchServe.python')?.trim() || '3.9',
    machine: settings.get<string>('torchServe.machine') ?? 'x86_64',
  };
}

/** Image of the pod that writes archives into claims; nothing for the cluster's own. */
export function uploadImage(): string | undefined {
  return section().get<string>('upload.image')?.trim() || undefined;
}

/** User id of that pod; `null` lets the cluster choose. */
export function uploadUser(): number | null | undefined {
  const configured = section().get<unknown>('upload.runAsUser');
  if (configured === null) return null;
  return typeof configured === 'number' && Number.isInteger(configured) && configured > 0 ? configured : undefined;
}

/** What that pod asks for and gets; nothing for the usual. What is no quantity is left out. */
export function uploadResources(): UploadResources | undefined {
  const configured = section().get<unknown>('upload.resources');
  if (!isRecord(configured)) return undefined;
  const amounts = (value: unknown): Readonly<Record<string, Quantity>> | undefined =>
    isRecord(value)
      ? (Object.fromEntries(Object.entries(value).filter(([, amount]) => isQuantity(amount))) as never)
      : undefined;
  const { requests, limits } = configured;
  const [asked, granted] = [amounts(requests), amounts(limits)];
  return { ...(asked && { requests: asked }), ...(granted && { limits: granted }) };
}

function isQuantity(value: unknown): value is Quantity {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

/** The texts of a list that somebody has written. */
function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function section(resource?: string): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('modelDeck', resource === undefined ? undefined : vscode.Uri.file(resource));
}

function expandHome(file: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'];
  return home && /^~(?=$|[/\\])/.test(file) ? path.join(home, file.slice(1)) : file;
}

export function affectsLocalStore(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('modelDeck.localStore');
}

export function affectsKubeconfig(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('modelDeck.kubeconfig');
}
