import path from 'node:path';
import * as vscode from 'vscode';
import { once } from '../../foundation/once.ts';
import type { Target } from '../../targets/target.ts';
import { standingTarget, type TargetKind } from '../../targets/targets.ts';
import { thisComputerId } from '../../targets/thisComputer/thisComputerId.ts';
import { pythonPath } from '../core/settings.ts';

/** "This computer", made at its first use and stopped with the window. */
export interface ThisComputerTarget extends vscode.Disposable {
  readonly kind: TargetKind;
  /** Fires when a deployment comes, goes or changes its state. */
  readonly onDidChange: vscode.Event<void>;
  /** Deployments known so far; 0 before the first use. */
  readonly count: () => number;
  /** Ends all servers; resolves when they are gone. */
  readonly stop: () => Promise<void>;
}

/** How a process that computes models on this computer is started. */
export function localProcess(context: vscode.ExtensionContext): {
  readonly serverEntry: string;
  readonly execPath: string;
} {
  return { serverEntry: path.join(context.extensionPath, 'dist', 'localServer.js'), execPath: process.execPath };
}

export function thisComputerTarget(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): ThisComputerTarget {
  const changed = new vscode.EventEmitter<void>();
  let known: Target | undefined;

  const get = once(async (): Promise<Target & { dispose(): Promise<void> }> => {
    const { ThisComputer } = await import('../../targets/index.ts');
    const target = await ThisComputer.open({
      stateFolder: path.join(context.globalStorageUri.fsPath, 'this-computer'),
      ...localProcess(context),
      torchServeSearch: async () => ({
        settingPath: pythonPath(),
        activePython: await activePython(),
        workspaceFolders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
        searchPath: process.env['PATH'] ?? '',
      }),
      log: (message) => log.info(message),
    });
    known = target;
    target.onDidChangeDeployments(() => changed.fire());
    changed.fire();
    return target;
  });

  return {
    kind: standingTarget(thisComputerId, get, (listener) => {
      const subscription = changed.event(listener);
      return () => void subscription.dispose();
    }),
    onDidChange: changed.event,
    count: () => known?.deployments().length ?? 0,
    stop: async () => {
      await (await get.known()?.catch(() => undefined))?.dispose();
    },
    dispose: () => changed.dispose(),
  };
}

/** The interpreter that the Python extension has active, when it is there and already running. */
async function activePython(): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!python?.isActive) return undefined;
  const environments = python.exports.environments;
  const environment = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
  return environment?.executable.uri?.fsPath;
}

/** The part of the Python extension's API that is used; every field may be missing in an older one. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(): { readonly id: string; readonly path: string };
    resolveEnvironment(
      environment: unknown,
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}
