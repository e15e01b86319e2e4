import * as vscode from 'vscode';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { Clusters } from '../targets/kserve/clusters.ts';
import { execPluginQuestion } from './execPluginQuestion.ts';
import { affectsKubeconfig, kubeconfigFiles } from './settings.ts';

export type Connections = Pick<Clusters, 'contexts' | 'connect' | 'reset' | 'close'>;

/** The clusters of the kubeconfig, made at their first use. No cluster is contacted before somebody asks about it. */
export interface KubeClusters extends vscode.Disposable {
  readonly get: () => Promise<Connections>;
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
  let made: Promise<Connections> | undefined;

  async function files(): Promise<readonly string[]> {
    const { kubeconfigPaths } = await import('../cluster/index.ts');
    return [...kubeconfigPaths(process.env), ...kubeconfigFiles()];
  }

  async function make(): Promise<Connections> {
    const { openConnection, readContexts } = await import('../cluster/index.ts');
    const open = new Map<string, ClusterConnection>();
    const close = (): void => {
      open.forEach((connection) => connection.close());
      open.clear();
    };
    return {
      contexts: async () => readContexts(await files(), process.env),
      connect: async (contextName) => {
        const known = open.get(contextName);
        if (known) return known;
        const options = { files: await files(), contextName, environment: process.env, allowExecPlugin };
        const connection = await openConnection(options);
        open.set(contextName, connection);
        return connection;
      },
      reset: close,
      close,
    };
  }

  function reset(clusters: Connections): void {
    log.info('The kubeconfig has changed: its contexts are read anew.');
    clusters.reset();
    didReset.fire();
  }

  const settings = vscode.workspace.onDidChangeConfiguration(async (event) => {
    if (!affectsKubeconfig(event) || made === undefined) return;
    const clusters = await made;
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
