import path from 'node:path';
import * as vscode from 'vscode';
import { CommandRunner } from './commands/commandRunner.ts';
import { DeployModel } from './commands/deployModel.ts';
import { Deployments } from './commands/deployments.ts';
import { ClassifyImage } from './commands/classifyImage.ts';
import { Findings } from './commands/findings.ts';
import { ManifestDocuments } from './commands/manifestDocuments.ts';
import { NextSteps } from './commands/nextSteps.ts';
import { OpenSample } from './commands/openSample.ts';
import { PackageModel } from './commands/packageModel.ts';
import type { Services } from './commands/services.ts';
import { SetEndpointCredentials } from './commands/setEndpointCredentials.ts';
import { affectsLocalStore, localStoreFolder } from './commands/settings.ts';
import { StoreCommands } from './commands/storeCommands.ts';
import { thisComputerTarget } from './commands/thisComputer.ts';
import { ArchiveEditorProvider } from './panel/archiveEditor.ts';
import { ClassifyPanel } from './panel/classifyPanel.ts';
import { CredentialStore } from './panel/endpointCredentials.ts';
import { clusterNodes } from './views/clustersTree.ts';
import { DeckTree } from './views/deckTree.ts';
import { SpecDocuments } from './views/specDocuments.ts';
import { storeNodes } from './views/storesTree.ts';

/** Ends the servers of "This computer"; VS Code waits for `deactivate` but not for disposables. */
let stopServers: () => Promise<void> = () => Promise.resolve();

/**
 * Builds the whole extension, once, top to bottom. Nothing is read, started or contacted here: engines are loaded by
 * `import()` at their first use, and the build makes a file of its own of each.
 */
export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };

  const log = own(vscode.window.createOutputChannel('Model Deck', { log: true }));
  const runner = new CommandRunner(log, new NextSteps(log));
  const findings = own(new Findings());

  const thisComputer = thisComputerTarget(context, log);
  stopServers = () => thisComputer.stop();
  own(thisComputer);
  const services: Services = {
    packaging: () => import('./packaging/index.ts'),
    deploy: () => import('./deploy/index.ts'),
    thisComputer: () => thisComputer.get(),
    localStore: async () => {
      const folder = localStoreFolder() ?? path.join(context.globalStorageUri.fsPath, 'models');
      const { FolderStore } = await import('./stores/index.ts');
      return { store: new FolderStore(folder), folder };
    },
  };

  const clusters = own(
    new DeckTree(() =>
      clusterNodes({
        thisComputer: services.thisComputer,
        contexts: async () => {
          const { kubeconfigPaths, readContexts } = await import('./cluster/index.ts');
          return readContexts(kubeconfigPaths(process.env));
        },
      }),
    ),
  );
  const stores = own(new DeckTree(() => storeNodes(services)));
  const refresh = (): void => {
    clusters.refresh();
    stores.refresh();
  };
  thisComputer.onDidChange(() => {
    refresh();
    void vscode.commands.executeCommand('setContext', 'modelDeck.hasDeployments', thisComputer.count() > 0);
  });
  own(vscode.window.createTreeView('modelDeck.clusters', { treeDataProvider: clusters, showCollapseAll: true }));
  own(vscode.window.createTreeView('modelDeck.stores', { treeDataProvider: stores, showCollapseAll: true }));
  own(vscode.workspace.onDidChangeConfiguration((event) => affectsLocalStore(event) && stores.refresh()));

  const credentials = new CredentialStore(context.secrets);
  const panel = own(
    new ClassifyPanel({
      extensionUri: context.extensionUri,
      log,
      inference: () => import('./inference/index.ts'),
      targets: async () => [await services.thisComputer()],
      onDidChangeTargets: () => () => undefined,
      openTarget: services.thisComputer,
      credentials,
    }),
  );
  own(panel.register());
  own(new ArchiveEditorProvider({ extensionUri: context.extensionUri, log, packaging: services.packaging }).register());
  own(new SpecDocuments(services.packaging));

  const packageModel = new PackageModel(services, runner, findings);
  const deployModel = new DeployModel(
    services,
    runner,
    packageModel,
    path.join(context.globalStorageUri.fsPath, 'adopted'),
  );
  const deployments = new Deployments(services, runner);
  const storeCommands = new StoreCommands(services, refresh);
  const manifests = new ManifestDocuments(services);
  const classifyImage = new ClassifyImage(panel);
  const setCredentials = new SetEndpointCredentials(credentials, () => panel.pickEndpoint());
  const openSample = new OpenSample(path.join(context.extensionPath, 'media', 'samples'));
  own(manifests.register());
  own(
    runner.registerAll({
      'modelDeck.packageModel': async (target) => {
        await packageModel.run(target);
        refresh();
      },
      'modelDeck.deployModel': async (argument) => {
        await deployModel.run(argument);
        refresh();
      },
      'modelDeck.classifyImage': (...args) => classifyImage.run(...args),
      'modelDeck.setEndpointCredentials': (argument) => setCredentials.run(argument),
      'modelDeck.startDeployment': (argument) => deployments.start(argument),
      'modelDeck.stopDeployment': (argument) => deployments.stop(argument),
      'modelDeck.removeDeployment': (argument) => deployments.remove(argument),
      'modelDeck.showDeploymentLog': (argument) => deployments.showLog(argument),
      'modelDeck.copyEndpointUrl': (argument) => deployments.copyUrl(argument),
      'modelDeck.openManifest': (argument) => manifests.open(argument),
      'modelDeck.copyStorageUri': (argument) => storeCommands.copyStorageUri(argument),
      'modelDeck.removeStoredModel': (argument) => storeCommands.remove(argument),
      'modelDeck.reveal': (argument) => storeCommands.reveal(argument),
      'modelDeck.changeLocalStore': () => storeCommands.changeFolder(),
      'modelDeck.refresh': () => Promise.resolve(refresh()),
      'modelDeck.openSample': (argument) => openSample.run(argument),
      'modelDeck.showLog': () => Promise.resolve(log.show()),
    }),
  );
}

export function deactivate(): Promise<void> {
  return stopServers();
}
