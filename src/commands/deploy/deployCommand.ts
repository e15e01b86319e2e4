import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DeployOrder } from '../../deploy/index.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { PackageKind } from '../../packaging/kinds/packageKind.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { DeploySpec } from '../../packaging/spec/modelSpec.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type { Deployment, Target } from '../../targets/target.ts';
import { thisComputerId } from '../../targets/thisComputer/thisComputerId.ts';
import { reached } from '../core/milestones.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument, rowSubject } from '../core/arguments.ts';
import { exampleClaim } from '../../kserve/choices/claimChoice.ts';
import { chooseKubeconfig } from '../clusters/chooseKubeconfig.ts';
import { clusterChoices } from './clusterChoices.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { givenByRow, givenByScript, type DeployGiven } from './deployArguments.ts';
import {
  deployAnswers,
  deployQuestions,
  deployTitle,
  specOfAnswers,
  wantsKubeconfig,
  wantsNoClaim,
  type DeployAnswers,
} from './deployQuestions.ts';
import type { DeployChoices } from './deploySteps.ts';
import { fittingPackage } from './fittingPackage.ts';
import { isFolder } from '../../foundation/isThere.ts';
import { once } from '../../foundation/once.ts';
import type { PackagingWay } from '../../kserve/choices/servingChoice.ts';
import { wayOfPackage, waysOfFolder } from '../../targets/kserve/plan/packagingWays.ts';
import type { DeploySource } from './deploySource.ts';
import { tellReady, type DeployedExamples } from './deployedExamples.ts';
import type { DeployToCluster } from './deployToCluster.ts';
import { deployWords } from './deployWords.ts';
import { multiStep } from '../core/multiStep.ts';
import type { Comparison } from '../package/examples.ts';
import type { PackageModel } from '../package/packageCommand.ts';
import type { Services } from '../core/services.ts';

/** "Deploy Model…": a folder, an archive or a stored model → a deployment on this computer or in a cluster that answers. */
export class DeployModel {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly packageModel: PackageModel,
    private readonly toCluster: DeployToCluster,
    private readonly examples: DeployedExamples,
    private readonly log: vscode.LogOutputChannel,
    /** Where a lone archive gets the files that it lacks. */
    private readonly adoptedFolder: string,
  ) {}

  /**
   * "Deploy to This Computer": asks nothing that can be known.
   * @param argument a folder, or a file in it; from a menu or a script
   */
  async runHere(argument: unknown): Promise<void> {
    const source = await this.sourceOf(pathArgument(argument));
    const { deployment, target, examples } = await this.toThisComputer(source);
    void offerNextSteps(deployment, target, examples);
  }

  /** @param argument a row of either tree, a folder, an archive; a script's object as `givenByScript` takes it */
  async run(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const targets = (await this.services.targets.standing()).map(({ id }) => id);
    let given: DeployGiven = { ...givenByRow(subject, this.services.stores), ...givenByScript(argument, targets) };
    const source = await this.sourceOf(subject?.kind === 'model' ? subject.model : pathArgument(argument));
    let remembered: DeploySpec = source.spec?.deploy ?? {};
    for (;;) {
      const asked = await this.ask(source, given, remembered);
      if (asked === undefined) return;
      const { answers, choices } = asked;
      if (answers.kind === 'target') return this.toTarget(source, answers);
      const { kind, protocol } = await fittingPackage(answers, choices, given);
      const inCluster = {
        ...source,
        ...(await source.prepared?.package(kind)),
        ...(await this.packageToUpload(source)),
      };
      const outcome = await this.toCluster.run(inCluster, { ...answers, protocol }, given.confirm !== false);
      if (outcome === 'done') return;
      // The user wants other answers: everything is asked again but what the model itself decides, pre-filled.
      remembered = specOfAnswers(answers);
      given = givenByRow(source.stored && { kind: 'model', model: source.stored }, this.services.stores);
    }
  }

  private async sourceOf(given: StoredModel | string | undefined): Promise<DeploySource> {
    if (typeof given === 'object') return { stored: given };
    const where = given ?? activeModelPath() ?? (await askForModelFolder('Deploy Model'));
    const { packageKinds } = await this.services.packaging();
    const kind = await packageKinds.recognising(where, await isFolder(where));
    if (kind) return { modelPackage: await this.adopt(kind, where) };
    const folder = await folderOf(where);
    // Packaging again is quick and gives the same bytes for the same input, so what is deployed is never stale.
    const prepared = await this.packageModel.prepareFolder(folder, 'unknown');
    return { prepared, spec: prepared.spec };
  }

  /** A model of a folder of this computer is put into the cluster's store; every other one is taken from where it is. */
  private async packageToUpload({ stored }: DeploySource): Promise<Pick<DeploySource, 'modelPackage'>> {
    if (stored?.path === undefined) return {};
    const { packageKinds } = await this.services.packaging();
    return { modelPackage: await this.adopt(packageKinds.of(stored.kind), stored.archivePath ?? stored.path) };
  }

  private async adopt(kind: PackageKind, file: string): Promise<ModelPackage> {
    return this.runner.withProgress(`Reading the ${kind.label}`, { read: 'Reading' }, (task) =>
      kind.adopt(file, this.extraFolder(file), { signal: task.signal }),
    );
  }

  /** One folder for each package: what is added to two of the same name must not be shared. */
  private extraFolder(file: string): string {
    return path.join(this.adoptedFolder, createHash('sha256').update(file).digest('hex').slice(0, 16), 'config');
  }

  /** @returns nothing when the user first has to make a claim */
  private async ask(
    source: DeploySource,
    given: DeployGiven,
    remembered: DeploySpec,
  ): Promise<{ readonly answers: DeployAnswers; readonly choices: DeployChoices } | undefined> {
    const model = modelOf(source);
    const isPlaced = (given.target ?? given.context) !== undefined;
    const ways = once(() => this.waysOf(source));
    const choices = await clusterChoices(this.services, isPlaced ? [] : await this.contexts(), ways);
    const context = { modelName: model.name, given, remembered, choices };
    const answers = await multiStep(
      (soFar) => deployTitle(`${model.name} ${model.version}`, soFar, context),
      deployQuestions(context),
    );
    if (wantsKubeconfig(answers)) {
      await chooseKubeconfig(undefined);
      return this.ask(source, given, remembered);
    }
    const decided = deployAnswers(answers, context);
    if (!wantsNoClaim(answers)) return { answers: decided, choices };
    if (decided.kind === 'cluster') await explainClaims(decided.namespace);
    return undefined;
  }

  /** How the model can be packaged, or is. */
  private async waysOf({ prepared, modelPackage, stored }: DeploySource): Promise<readonly PackagingWay[]> {
    const { packageKinds } = await this.services.packaging();
    if (prepared) return waysOfFolder(prepared, packageKinds.all);
    return [wayOfPackage(modelPackage ?? stored ?? {}, packageKinds.all)];
  }

  /** A kubeconfig that cannot be read is no reason not to deploy to this computer. */
  private async contexts(): Promise<DeployChoices['contexts']> {
    try {
      return (await (await this.services.clusters()).kubeconfig()).contexts;
    } catch (error) {
      this.log.warn(`No cluster is offered: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  /** Deploys a folder to this computer without a question. @returns the id of the deployment */
  async folderToThisComputer(folder: string): Promise<string> {
    return (await this.toThisComputer(await this.sourceOf(folder))).deployment.id;
  }

  private async toThisComputer(source: DeploySource): Promise<Deployed> {
    const model = modelOf(source);
    const target = await this.services.targets.of(thisComputerId);
    return this.deployTo(target, source, { name: target.suggestName(model.name), protocol: 'v1' });
  }

  private async toTarget(
    source: DeploySource,
    { target: id, name, protocol }: Extract<DeployAnswers, { kind: 'target' }>,
  ): Promise<void> {
    const target = await this.services.targets.of(id);
    const { deployment, examples } = await this.deployTo(target, source, { name, protocol });
    void offerNextSteps(deployment, target, examples);
  }

  private async deployTo(
    target: Target,
    source: DeploySource,
    { name, protocol }: Pick<DeployOrder, 'name' | 'protocol'>,
  ): Promise<Deployed> {
    const { stored } = source;
    const packaged = { ...source, ...(await source.prepared?.package()) };
    const { modelPackage } = packaged;
    const { deployModel, noStoreFor, storesFor } = await this.services.deploy();
    const [store] = await storesFor(this.services.stores, target);
    if (!store) throw noStoreFor(target);
    const deployment = await this.runner.withProgress(`Deploying ${name} to ${target.label}`, deployWords, (task) =>
      deployModel({ modelPackage, stored, store, target, name, protocol }, task),
    );
    const examples = await this.examples.check(packaged, deployment.id, target);
    reached('deployedHere');
    return { deployment, target, ...(examples && { examples }) };
  }
}

interface Deployed {
  readonly deployment: Deployment;
  readonly target: Target;
  readonly examples?: Comparison;
}

function modelOf({ modelPackage, stored, spec }: DeploySource): { readonly name: string; readonly version: string } {
  const model = stored ?? modelPackage ?? spec;
  if (model) return model;
  throw new ModelDeckError('internal', 'Nothing to deploy was given.');
}

async function explainClaims(namespace: string): Promise<void> {
  const example = 'Open an Example';
  const chosen = await vscode.window.showInformationMessage(
    `${namespace} needs a PersistentVolumeClaim that can be written to.`,
    {
      modal: true,
      detail:
        'Model Deck puts the archive there with a short-lived pod, and KServe mounts it from there. Create a claim with kubectl apply, or ask the administrator of the cluster.',
    },
    example,
  );
  if (chosen !== example) return;
  const document = await vscode.workspace.openTextDocument({ content: exampleClaim(namespace), language: 'yaml' });
  await vscode.window.showTextDocument(document);
}

async function offerNextSteps(deployment: Deployment, { label }: Target, examples?: Comparison): Promise<void> {
  const classify = 'Classify Image…';
  const copy = 'Copy URL';
  const ready = `${deployment.name} is ready on ${label}: ${deployment.url ?? ''}`;
  const chosen = await tellReady(ready, examples, classify, copy);
  if (chosen === classify)
    await vscode.commands.executeCommand('modelDeck.classifyImage', { deploymentId: deployment.id });
  if (chosen === copy) await vscode.env.clipboard.writeText(deployment.url ?? '');
}
