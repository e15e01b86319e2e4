import * as vscode from 'vscode';
import type { Clusters } from '../targets/kserve/clusters.ts';
import { execPluginQuestion } from './execPluginQuestion.ts';
import { affectsKubeconfig, kubeconfigFiles } from './settings.ts';

/** The clusters of the kubeconfig, made at their first use. No cluster is contacted before somebody asks about it. */
export interface KubeClusters extends vscode.Disposable {
  readonly get: () => Promise<Clusters>;
  /** The kubeconfig files that count, whether they are there or not. */
  readonly files: () => Promise<readonly string[]>;
  /** Fires when the kubeconfig has changed; every connection was closed. */
  readonly onDidReset: vscode.Event<void>;
}

export function kubeClusters(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): KubeClusters {
  const didReset = new vscode.EventEmitter<void>();
  const allowExecPlugin = execPluginQuestion(context.globalState, {
    workspaceFolders: () => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    isTrusted: () => vscode.workspace.isTrusted,
    ask: askToRun,
  });
  let made: Promise<Clusters> | undefined;
  let stopWatching: () => void = () => undefined;

  async function files(): Promise<readonly string[]> {
    const { kubeconfigPaths } = await import('../cluster/index.ts');
    return [...kubeconfigPaths(process.env), ...kubeconfigFiles()];
  }

  async function make(): Promise<Clusters> {
    const { openClusters } = await import('../targets/index.ts');
    const clusters = openClusters({
      files,
      environment: process.env,
      allowExecPlugin,
      extensionVersion: (context.extension.packageJSON as { version: string }).version,
      log: (message) => log.info(message),
    });
    await watch(clusters);
    return clusters;
  }

  async function watch(clusters: Clusters): Promise<void> {
    const { watchKubeconfig } = await import('../cluster/index.ts');
    const watched = await files();
    stopWatching();
    stopWatching = watchKubeconfig(watched, () => reset(clusters));
  }

  function reset(clusters: Clusters): void {
    log.info('The kubeconfig has changed: its contexts are read anew.');
    clusters.reset();
    didReset.fire();
  }

  const settings = vscode.workspace.onDidChangeConfiguration(async (event) => {
    if (!affectsKubeconfig(event) || made === undefined) return;
    const clusters = await made;
    await watch(clusters);
    reset(clusters);
  });

  return {
    get: () =>
      (made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      })),
    files,
    onDidReset: didReset.event,
    dispose: () => {
      stopWatching();
      settings.dispose();
      didReset.dispose();
      void made?.then((clusters) => clusters.close());
    },
  };
}

async function askToRun(question: string, detail: string): Promise<boolean> {
  const run = 'Run It';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, run)) === run;
}
