import path from 'node:path';
import * as vscode from 'vscode';
import type { ExecPlugin } from '../../cluster/signIn/execPlugin.ts';
import { Emitter } from '../../foundation/emitter.ts';
import { once } from '../../foundation/once.ts';
import type { Clusters } from '../../targets/kserve/clusters.ts';
import type { EndpointSignIn } from '../../targets/kserve/routes/endpointRoutes.ts';
import { parseNamespaceRef } from '../../targets/kserve/serviceRef.ts';
import type { TargetKind } from '../../targets/targets.ts';
import { execPluginQuestion } from './execPluginQuestion.ts';
import { affectsKubeconfig, kubeconfigFiles } from '../core/settings.ts';

/** The clusters of the kubeconfig, made at their first use. No cluster is contacted before somebody asks about it. */
export interface KubeClusters extends vscode.Disposable {
  readonly get: () => Promise<Clusters>;
  /** The kubeconfig files that count, whether they are there or not. */
  readonly files: () => Promise<readonly string[]>;
  /** The namespaces of clusters as targets; those that are known were opened before. */
  readonly kind: TargetKind;
  /** The credential plugin that a context waits for, once that takes long. */
  readonly waitingFor: (contextName: string) => string | undefined;
  /** Fires with the context for which {@link waitingFor} is another. */
  readonly onDidWait: vscode.Event<string>;
  /** Fires when the kubeconfig has changed; connections of changed contexts are closed by then. */
  readonly onDidReset: vscode.Event<void>;
}

/** @param endpointSignIn what the user has set for a deployment: a token, a cookie, a ServiceAccount */
export function kubeClusters(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  endpointSignIn: EndpointSignIn,
): KubeClusters {
  const didReset = new vscode.EventEmitter<void>();
  const didWait = new vscode.EventEmitter<string>();
  /** Programs by context. */
  const waiting = new Map<string, string>();
  const didChangeTargets = new Emitter();
  const allowExecPlugin = execPluginQuestion(context.globalState, {
    workspaceFolders: () => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    isTrusted: () => vscode.workspace.isTrusted,
    ask: askToRun,
  });
  let known: Clusters | undefined;
  let endWatching: () => void = () => undefined;

  async function files(): Promise<readonly string[]> {
    const { kubeconfigPaths } = await import('../../cluster/index.ts');
    return [...kubeconfigPaths(process.env), ...kubeconfigFiles()];
  }

  const get = once(async (): Promise<Clusters> => {
    const { openClusters } = await import('../../targets/index.ts');
    await watchFiles();
    const { version } = context.extension.packageJSON as { readonly version: string };
    known = openClusters({
      files,
      environment: process.env,
      allowExecPlugin,
      onWaiting,
      endpointSignIn,
      extensionVersion: version,
      log: (message) => log.info(message),
    });
    known.onDidChange(() => didChangeTargets.fire());
    return known;
  });

  function onWaiting(contextName: string, plugin: ExecPlugin | undefined): void {
    const program = plugin && path.basename(plugin.command);
    if (waiting.get(contextName) === program) return;
    if (program === undefined) waiting.delete(contextName);
    else waiting.set(contextName, program);
    didWait.fire(contextName);
  }

  async function watchFiles(): Promise<void> {
    const { watchKubeconfig } = await import('../../cluster/index.ts');
    endWatching();
    endWatching = watchKubeconfig(await files(), () => void (known && reset(known)));
  }

  async function reset(clusters: Clusters): Promise<void> {
    log.info('The kubeconfig has changed: its contexts are read again.');
    await clusters.reset();
    didReset.fire();
  }

  const settings = vscode.workspace.onDidChangeConfiguration(async (event) => {
    const clusters = affectsKubeconfig(event) ? await get.known() : undefined;
    if (!clusters) return;
    await watchFiles();
    await reset(clusters);
  });

  return {
    get,
    files,
    kind: {
      opened: () => known?.openTargets() ?? [],
      of: (targetId) => {
        const place = parseNamespaceRef(targetId);
        return place && get().then((clusters) => clusters.target(place.context, place.namespace));
      },
      onDidChange: (listener) => didChangeTargets.on(listener),
    },
    waitingFor: (contextName) => waiting.get(contextName),
    onDidWait: didWait.event,
    onDidReset: didReset.event,
    dispose: () => {
      settings.dispose();
      didReset.dispose();
      didWait.dispose();
      didChangeTargets.clear();
      endWatching();
      void get.known()?.then((clusters) => clusters.close());
    },
  };
}

async function askToRun(question: string, detail: string): Promise<boolean> {
  const run = 'Run It';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, run)) === run;
}
