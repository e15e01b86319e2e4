import path from 'node:path';
import * as vscode from 'vscode';
import { ClusterCommands } from './commands/clusterCommands.ts';
import { kubeClusters } from './commands/clusters.ts';
import { CommandRunner } from './commands/commandRunner.ts';
import { deckViews } from './commands/deckViews.ts';
import { DeployModel } from './commands/deployModel.ts';
import { Deployments } from './commands/deployments.ts';
import { ClassifyImage } from './commands/classifyImage.ts';
import { Findings } from './commands/findings.ts';
import { ManifestDocuments } from './commands/manifestDocuments.ts';
import { NextSteps } from './commands/nextSteps.ts';
import { OpenSample } from './commands/openSample.ts';
import { PackageModel } from './commands/packageModel.ts';
import { rememberedNamespaces } from './commands/rememberedNamespaces.ts';
import type { Services } from './commands/services.ts';
import { SetEndpointCredentials } from './commands/setEndpointCredentials.ts';
import { affectsLocalStore, localStoreFolder } from './commands/settings.ts';
import { StoreCommands } from './commands/storeCommands.ts';
import { thisComputerTarget } from './commands/thisComputer.ts';
import { ModelDeckError } from './foundation/error.ts';
import { ArchiveEditorProvider } from './panel/archiveEditor.ts';
import { ClassifyPanel } from './panel/classifyPanel.ts';
import { CredentialStore } from './panel/endpointCredentials.ts';
import { packageKnowledge } from './panel/packageKnowledge.ts';
import type { ModelStore } from './stores/modelStore.ts';
import { SpecDocuments } from './views/specDocuments.ts';

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
  const kube = own(kubeClusters(context, log));
  const services: Services = {
    packaging: () => import('./packaging/index.ts'),
    deploy: () => import('./deploy/index.ts'),
    thisComputer: () => thisComputer.get(),
    clusters: () => kube.get(),
    namespaces: rememberedNamespaces(context.globalState),
    localStore: async () => {
      const folder = localStoreFolder() ?? path.join(context.globalStorageUri.fsPath, 'models');
      const { FolderStore } = await import('./stores/index.ts');
      return { store: new FolderStore(folder), folder };
    },
    claimStore: () => Promise.reject(new ModelDeckError('unsupported', 'Claims cannot be listed yet.')),
  };

  const views = own(deckViews(services, kube, runner));
  thisComputer.onDidChange(() => {
    views.refreshThisComputer();
    views.refreshStores();
    void vscode.commands.executeCommand('setContext', 'modelDeck.hasDeployments', thisComputer.count() > 0);
  });
  own(vscode.workspace.onDidChangeConfiguration((event) => affectsLocalStore(event) && views.refreshStores()));

  const credentials = new CredentialStore(context.secrets);
  const localStore = async (): Promise<ModelStore> => (await services.localStore()).store;
  const panel = own(
    new ClassifyPanel({
      extensionUri: context.extensionUri,
      log,
      inference: () => import('./inference/index.ts'),
      targets: async () => [await services.thisComputer()],
      onDidChangeTargets: () => () => undefined,
      openTarget: services.thisComputer,
      credentials,
      packageOf: (model) => packageKnowledge(model, localStore, services.packaging),
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
  const storeCommands = new StoreCommands(services, views.refreshStores);
  const clusterCommands = new ClusterCommands(services, runner, views.claims, views.namespacesChanged);
  const manifests = new ManifestDocuments(services);
  const classifyImage = new ClassifyImage(panel);
  const setCredentials = new SetEndpointCredentials(credentials, () => panel.pickEndpoint());
  const openSample = new OpenSample(path.join(context.extensionPath, 'media', 'samples'));
  own(manifests.register());
  own(
    runner.registerAll({
      'modelDeck.packageModel': async (target) => {
        await packageModel.run(target);
        views.refreshStores();
      },
      'modelDeck.deployModel': async (argument) => {
        await deployModel.run(argument);
        views.refreshStores();
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
      'modelDeck.addNamespace': (argument) => clusterCommands.addNamespace(argument),
      'modelDeck.forgetNamespace': (argument) => clusterCommands.forgetNamespace(argument),
      'modelDeck.listClaimModels': (argument) => clusterCommands.listClaimModels(argument),
      'modelDeck.refresh': () => Promise.resolve(views.refresh()),
      'modelDeck.openSample': (argument) => openSample.run(argument),
      'modelDeck.showLog': () => Promise.resolve(log.show()),
    }),
  );
}

export function deactivate(): Promise<void> {
  return stopServers();
}
