import path from 'node:path';
import * as vscode from 'vscode';
import { rowSubject } from './commands/core/arguments.ts';
import { copyName } from './commands/core/copyName.ts';
import { chooseKubeconfig } from './commands/clusters/chooseKubeconfig.ts';
import { ClusterCommands } from './commands/clusters/clusterCommands.ts';
import { kubeClusters } from './commands/clusters/kubeClusters.ts';
import { CommandRunner } from './commands/core/commandRunner.ts';
import { deckViews } from './commands/deckViews.ts';
import { DeployedExamples } from './commands/deploy/deployedExamples.ts';
import { DeployModel } from './commands/deploy/deployCommand.ts';
import { DeployToCluster } from './commands/deploy/deployToCluster.ts';
import { Deployments } from './commands/deployments/deploymentCommands.ts';
import { ClassifyImage } from './commands/classify/classifyImage.ts';
import { Findings } from './views/spec/findings.ts';
import { ClusterObjects } from './commands/service/clusterObjects.ts';
import { ManifestFiles } from './commands/service/manifestFiles.ts';
import { ObjectDocuments } from './commands/service/objectDocuments.ts';
import { PodLogs } from './commands/service/podLogs.ts';
import { ServiceOperations } from './commands/service/serviceOperations.ts';
import { ManifestDocuments } from './commands/stores/storedManifests.ts';
import { NextSteps } from './commands/core/nextSteps.ts';
import { OpenSample } from './commands/sample/openSample.ts';
import { PackageModel } from './commands/package/packageCommand.ts';
import { TryModelCommand } from './commands/package/tryCommand.ts';
import { TryModel } from './commands/package/tryModel.ts';
import { rememberedNamespaces } from './commands/clusters/rememberedNamespaces.ts';
import { reached } from './commands/core/milestones.ts';
import type { Services } from './commands/core/services.ts';
import { EndpointAccounts } from './commands/classify/endpointAccounts.ts';
import { SetEndpointCredentials } from './commands/classify/setEndpointCredentials.ts';
import {
  affectsLocalStore,
  localStoreFolder,
  uploadImage,
  uploadResources,
  uploadUser,
} from './commands/core/settings.ts';
import { StoreCommands } from './commands/stores/storeCommands.ts';
import { localProcess, thisComputerTarget } from './commands/deployments/thisComputerTarget.ts';
import { once } from './foundation/once.ts';
import { ArchiveEditorProvider } from './panel/archive/archiveEditor.ts';
import { ClassifyPanels } from './panel/classify/classifyPanels.ts';
import { CredentialStore } from './panel/classify/endpointCredentials.ts';
import { packageKnowledge } from './panel/classify/packageKnowledge.ts';
import { PlanPages } from './panel/plan/planPage.ts';
import { TryPages } from './panel/try/tryPage.ts';
import { claimStores } from './stores/claim/claimStores.ts';
import { folderStores } from './stores/folder/folderStores.ts';
import { Stores } from './stores/stores.ts';
import { Targets } from './targets/targets.ts';
import { SpecDocuments } from './views/spec/specDocuments.ts';
import { prompts } from './commands/prompts.ts';

/** Ends the servers of "This computer"; VS Code waits for `deactivate` but not for disposables. */
let stopServers: () => Promise<void> = () => Promise.resolve();
/** Keeps what the panels show. */
let beforeEnd: () => Promise<void> = () => Promise.resolve();

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
  const nextSteps = new NextSteps(log);
  const runner = new CommandRunner(log, nextSteps);
  const findings = own(new Findings());

  const thisComputer = thisComputerTarget(context, log);
  stopServers = () => thisComputer.stop();
  own(thisComputer);
  const credentials = new CredentialStore(context.secrets);
  const kube = own(kubeClusters(context, log, (id) => credentials.read(id)));
  const localFolder = (): string => localStoreFolder() ?? path.join(context.globalStorageUri.fsPath, 'models');
  const services: Services = {
    packaging: () => import('./packaging/index.ts'),
    deploy: () => import('./deploy/index.ts'),
    targets: new Targets([thisComputer.kind, kube.kind]),
    kserve: () => import('./kserve/index.ts'),
    clusters: () => kube.get(),
    namespaces: rememberedNamespaces(context.globalState),
    stores: new Stores([
      folderStores(localFolder),
      claimStores({
        connect: async (contextName) => (await kube.get()).connect(contextName),
        settings: () => ({ image: uploadImage(), uid: uploadUser(), resources: uploadResources() }),
      }),
    ]),
  };

  const views = own(deckViews(services, kube, runner));
  thisComputer.onDidChange(() => {
    views.refreshThisComputer();
    views.refreshStores();
    void vscode.commands.executeCommand('setContext', 'modelDeck.hasDeployments', thisComputer.count() > 0);
  });
  own(vscode.workspace.onDidChangeConfiguration((event) => affectsLocalStore(event) && views.refreshStores()));

  const inference = once(async () => {
    const engine = await import('./inference/index.ts');
    const predict: typeof engine.predict = async (...asked) => {
      const answer = await engine.predict(...asked);
      reached('classified');
      return answer;
    };
    return { ...engine, predict };
  });
  const panel = own(
    new ClassifyPanels({
      extensionUri: context.extensionUri,
      log,
      inference,
      targets: services.targets,
      credentials,
      packageOf: (model) => packageKnowledge(model, services.stores, services.packaging),
      sessionFolder: path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'panels'),
    }),
  );
  own(panel.register());
  beforeEnd = () => panel.flush();
  own(new ArchiveEditorProvider({ extensionUri: context.extensionUri, log, packaging: services.packaging }).register());
  own(new SpecDocuments(services.packaging, findings));

  const objects = new ClusterObjects(services);
  const logs = own(new PodLogs(objects, runner));
  const documents = own(new ObjectDocuments(services, objects, runner));
  const manifestFiles = new ManifestFiles(services, objects, log);
  const operations = new ServiceOperations(objects, runner, nextSteps);
  own(documents.register());
  own(manifestFiles.register());

  const tryModel = new TryModel(
    new TryPages({ extensionUri: context.extensionUri, log }),
    () => import('./local/index.ts'),
    localProcess(context),
    log,
  );
  const packageModel = new PackageModel(
    services,
    runner,
    findings,
    tryModel,
    path.join(context.globalStorageUri.fsPath, 'onnxruntime'),
  );
  const tryCommand = new TryModelCommand(services, tryModel, (folder) => packageModel.run(folder));
  const planPages = new PlanPages({ extensionUri: context.extensionUri, log, documents: manifestFiles });
  const examples = new DeployedExamples(services, () => import('./inference/index.ts'), tryModel, runner, log);
  const deployModel = new DeployModel(
    services,
    runner,
    packageModel,
    new DeployToCluster(services, runner, nextSteps, planPages, examples, views.storeChanged),
    examples,
    log,
    path.join(context.globalStorageUri.fsPath, 'adopted'),
  );
  const deployments = new Deployments(services, runner, logs, operations);
  const storeCommands = new StoreCommands(services, runner, localFolder, views.storeChanged);
  const clusterCommands = new ClusterCommands(services, runner, views.claims, views.namespacesChanged);
  const manifests = new ManifestDocuments(services);
  const classifyImage = new ClassifyImage(panel);
  const setCredentials = new SetEndpointCredentials(
    credentials,
    () => panel.pickEndpoint(),
    async () => (await services.targets.known()).some((target) => target.deployments().length > 0),
    new EndpointAccounts(services),
  );
  const openSample = new OpenSample(path.join(context.extensionPath, 'media', 'samples'), runner, {
    deploy: async (folder) => {
      const id = await deployModel.folderToThisComputer(folder);
      views.refreshStores();
      return id;
    },
    classify: (endpointId, picture) => panel.open({ endpointId, images: [picture] }),
  });
  // A window that "Open Sample" has opened starts from the beginning; a workspace that is not trusted waits until it is.
  const resumeSample = (): void => void runner.run('Open Sample', () => openSample.resume());
  own(vscode.workspace.onDidGrantWorkspaceTrust(resumeSample));
  resumeSample();
  own(manifests.register());
  own(
    runner.registerAll({
      'modelDeck.packageModel': async (target) => {
        await packageModel.run(target);
        reached('packaged');
        views.refreshStores();
      },
      'modelDeck.deployModel': async (argument) => {
        await deployModel.run(argument);
        views.refreshStores();
      },
      'modelDeck.deployToThisComputer': async (argument) => {
        await deployModel.runHere(argument);
        views.refreshStores();
      },
      'modelDeck.tryModel': (target) => tryCommand.run(target),
      'modelDeck.classifyImage': (...args) => classifyImage.run(...args),
      'modelDeck.classifyFolder': (folder, selection) => classifyImage.folder(folder, selection),
      'modelDeck.setEndpointCredentials': (argument) => setCredentials.run(argument),
      'modelDeck.startDeployment': (argument) => deployments.start(argument),
      'modelDeck.stopDeployment': (argument) => deployments.stop(argument),
      'modelDeck.removeDeployment': (argument) => deployments.remove(argument),
      'modelDeck.showDeploymentLog': (argument) => deployments.showLog(argument),
      'modelDeck.copyEndpointUrl': (argument) => deployments.copyUrl(argument),
      'modelDeck.openManifest': (argument) => manifests.open(argument),
      'modelDeck.copyStorageUri': (argument) =>
        rowSubject(argument)?.kind === 'service'
          ? operations.copyStorageUri(argument)
          : storeCommands.copyStorageUri(argument),
      'modelDeck.deleteService': (argument) => operations.delete(argument),
      'modelDeck.scale': (argument) => operations.scale(argument),
      'modelDeck.rollBack': async (argument) => {
        await operations.rollBack(argument);
        reached('rolledBack');
      },
      'modelDeck.explain': async (argument) => {
        await operations.explain(argument);
        reached('explained');
      },
      'modelDeck.describe': (argument) => documents.show('describe', argument, prompts.describeService),
      'modelDeck.showPodLogs': (argument) => logs.show(argument),
      'modelDeck.stopFollowingLogs': () => Promise.resolve(logs.stop()),
      'modelDeck.showEvents': (argument) => documents.show('events', argument, prompts.showEvents),
      'modelDeck.showManifest': (argument) => documents.show('manifest', argument, prompts.showManifest),
      'modelDeck.editManifest': (argument) => manifestFiles.open(argument),
      'modelDeck.removeStoredModel': (argument) => storeCommands.remove(argument),
      'modelDeck.reveal': (argument) => storeCommands.reveal(argument),
      'modelDeck.changeLocalStore': () => storeCommands.changeFolder(),
      'modelDeck.chooseKubeconfig': (argument) => chooseKubeconfig(argument),
      'modelDeck.addNamespace': (argument) => clusterCommands.addNamespace(argument),
      'modelDeck.forgetNamespace': (argument) => clusterCommands.forgetNamespace(argument),
      'modelDeck.listClaimModels': (argument) => clusterCommands.listClaimModels(argument),
      'modelDeck.copyError': (argument) => clusterCommands.copyError(argument),
      'modelDeck.openKubeconfig': (argument) => clusterCommands.openKubeconfig(argument),
      'modelDeck.copyName': (argument) => copyName(argument),
      'modelDeck.tryAgain': (row) => Promise.resolve(views.tryAgain(row)),
      'modelDeck.refresh': () => Promise.resolve(views.refresh()),
      'modelDeck.openSample': (argument) => openSample.run(argument),
      'modelDeck.showLog': () => Promise.resolve(log.show()),
    }),
  );
}

export async function deactivate(): Promise<void> {
  await Promise.all([beforeEnd(), stopServers()]);
}
