import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ModelArchive } from '../../packaging/kinds/torchserve/modelArchive.ts';
import { archiveModelFormat } from '../../packaging/kinds/torchserve/modelFormat.ts';
import { modelSpecFileName, type DeploySpec } from '../../packaging/spec/modelSpec.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type { Deployment } from '../../targets/target.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument, rowSubject } from '../core/arguments.ts';
import { exampleClaim } from '../../kserve/choices/claimChoice.ts';
import { clusterChoices } from './clusterChoices.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { givenByRow, givenByScript, type DeployGiven } from './deployArguments.ts';
import {
  deployAnswers,
  deployQuestions,
  deployTitle,
  specOfAnswers,
  wantsNoClaim,
  type DeployAnswers,
} from './deployQuestions.ts';
import type { DeployChoices } from './deploySteps.ts';
import type { DeploySource } from './deploySource.ts';
import type { DeployToCluster } from './deployToCluster.ts';
import { deployWords } from './deployWords.ts';
import { multiStep } from '../core/multiStep.ts';
import type { PackageModel } from '../package/packageCommand.ts';
import type { Services } from '../core/services.ts';

/** "Deploy Model…": a folder, an archive or a stored model → a deployment on this computer or in a cluster that answers. */
export class DeployModel {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly packageModel: PackageModel,
    private readonly toCluster: DeployToCluster,
    private readonly log: vscode.LogOutputChannel,
    /** Where a lone archive gets its config.properties. */
    private readonly adoptedFolder: string,
  ) {}

  /** @param argument a row of either tree, a folder, an archive; a script's object as `givenByScript` takes it */
  async run(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    let given: DeployGiven = { ...givenByRow(subject), ...givenByScript(argument) };
    const source = await this.sourceOf(subject?.kind === 'model' ? subject.model : pathArgument(argument));
    let remembered: DeploySpec = source.spec?.deploy ?? {};
    for (;;) {
      const answers = await this.ask(source, given, remembered);
      if (answers === undefined) return;
      if (answers.kind === 'this-computer') return this.toThisComputer(source, answers);
      const inCluster = { ...source, ...(await this.archiveForClaim(source)) };
      const outcome = await this.toCluster.run(inCluster, answers, given.confirm !== false);
      if (outcome === 'done') return;
      // The user wants other answers: everything is asked again but what the model itself decides, pre-filled.
      remembered = specOfAnswers(answers);
      given = givenByRow(source.stored && { kind: 'model', model: source.stored });
    }
  }

  private async sourceOf(given: StoredModel | string | undefined): Promise<DeploySource> {
    if (typeof given === 'object') return { stored: given };
    const where = given ?? activeModelPath() ?? (await askForModelFolder('Deploy Model'));
    if (where.endsWith('.mar') && (await stat(where)).isFile()) return { archive: await this.adopt(where) };
    const folder = await folderOf(where);
    // Packaging again is quick and gives the same bytes for the same input, so what is deployed is never stale.
    const archive = await this.packageModel.packageFolder(folder);
    const specFile = path.join(folder, modelSpecFileName);
    return { archive, specFile, spec: await (await this.services.packaging()).readSpec(specFile) };
  }

  /** A model of the local store has to be uploaded as an archive; one that lies in a claim is taken from there. */
  private async archiveForClaim({ stored }: DeploySource): Promise<Pick<DeploySource, 'archive' | 'stored'>> {
    if (stored?.archivePath === undefined) return {};
    return { archive: await this.adopt(stored.archivePath) };
  }

  private async adopt(file: string): Promise<ModelArchive> {
    const { adoptArchive } = await this.services.packaging();
    return this.runner.withProgress('Reading the archive', { read: 'Reading' }, (task) =>
      adoptArchive(file, this.adoptedConfigFolder(file), { signal: task.signal }),
    );
  }

  /** One folder for each archive: two of the same name must not share a config.properties. */
  private adoptedConfigFolder(archive: string): string {
    return path.join(this.adoptedFolder, createHash('sha256').update(archive).digest('hex').slice(0, 16), 'config');
  }

  /** @returns nothing when the user first has to make a claim */
  private async ask(
    { archive, stored, spec }: DeploySource,
    given: DeployGiven,
    remembered: DeploySpec,
  ): Promise<DeployAnswers | undefined> {
    const model = stored ?? archive ?? spec;
    if (!model) throw new ModelDeckError('internal', 'There is neither an archive nor a stored model to deploy.');
    const { deploymentName } = await this.services.deploy();
    const contexts = given.target === undefined ? await this.contexts() : [];
    // Without a cluster there is nothing to choose.
    const known =
      given.target === undefined && contexts.length === 0 ? { ...given, target: 'this-computer' as const } : given;
    const context = { suggestedName: deploymentName(model.name), given: known, remembered };
    const choices = await clusterChoices(this.services, contexts, archiveModelFormat);
    const answers = await multiStep(
      (soFar) => deployTitle(`${model.name} ${model.version}`, soFar, known),
      deployQuestions({ ...context, choices }),
    );
    const decided = deployAnswers(answers, context);
    if (!wantsNoClaim(answers)) return decided;
    if (decided.kind === 'kserve') await explainClaims(decided.namespace);
    return undefined;
  }

  /** A kubeconfig that cannot be read is no reason not to deploy to this computer. */
  private async contexts(): Promise<DeployChoices['contexts']> {
    try {
      return await (await this.services.clusters()).contexts();
    } catch (error) {
      this.log.warn(`No cluster is offered: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  private async toThisComputer(
    { archive, stored }: DeploySource,
    { name, protocol }: Extract<DeployAnswers, { kind: 'this-computer' }>,
  ): Promise<void> {
    const { deployModel, noStoreFor, storesFor } = await this.services.deploy();
    const target = await this.services.thisComputer();
    const [store] = await storesFor(this.services.stores, target);
    if (!store) throw noStoreFor(target);
    const deployment = await this.runner.withProgress(`Deploying ${name} to ${target.label}`, deployWords, (task) =>
      deployModel({ archive, stored, store, target, name, protocol }, task),
    );
    void offerNextSteps(deployment);
  }
}

async function explainClaims(namespace: string): Promise<void> {
  const example = 'Open an Example';
  const chosen = await vscode.window.showInformationMessage(
    `There has to be a PersistentVolumeClaim in ${namespace} that can be written to.`,
    {
      modal: true,
      detail:
        'Model Deck puts the archive there with a short-lived pod, and KServe mounts it from there. A claim is made with kubectl apply, or by who runs the cluster.',
    },
    example,
  );
  if (chosen !== example) return;
  const document = await vscode.workspace.openTextDocument({ content: exampleClaim(namespace), language: 'yaml' });
  await vscode.window.showTextDocument(document);
}

async function offerNextSteps(deployment: Deployment): Promise<void> {
  const classify = 'Classify Image…';
  const copy = 'Copy URL';
  const chosen = await vscode.window.showInformationMessage(
    `${deployment.name} is ready on This computer: ${deployment.url ?? ''}`,
    classify,
    copy,
  );
  if (chosen === classify)
    await vscode.commands.executeCommand('modelDeck.classifyImage', { deploymentId: deployment.id });
  if (chosen === copy) await vscode.env.clipboard.writeText(deployment.url ?? '');
}
