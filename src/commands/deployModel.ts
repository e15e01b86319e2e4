import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Deployment, DeployStep } from '../targets/target.ts';
import type { ModelArchive } from '../packaging/modelArchive.ts';
import type { StoredModel } from '../stores/modelStore.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument, rowSubject, textField } from './arguments.ts';
import type { CommandRunner } from './commandRunner.ts';
import { multiStep } from './multiStep.ts';
import type { PackageModel } from './packageModel.ts';
import type { Services } from './services.ts';

/** What the user reads for each step of a deployment. */
export const deployWords: Readonly<Record<DeployStep, string>> = {
  plan: 'Choosing the runtime',
  upload: 'Copying the archive to the store',
  verify: 'Verifying the copy',
  'start-server': 'Starting the server',
  'load-model': 'Loading the model',
  'wait-ready': 'Waiting for the model to answer',
  'start-upload-pod': 'Starting the pod that receives the archive',
  apply: 'Applying the objects',
  'wait-scheduled': 'Waiting for a node',
  'wait-containers': 'Waiting for the containers',
  undo: 'Taking back what was made',
};

/** "Deploy Model…": archive or stored model → a deployment on this computer that answers. */
export class DeployModel {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly packageModel: PackageModel,
    /** Where a lone archive gets its config.properties. */
    private readonly adoptedFolder: string,
  ) {}

  /** @param argument a row of the store, a folder, an archive; a script may add `name` and `protocol` */
  async run(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const source =
      subject?.kind === 'model'
        ? { stored: subject.model }
        : { archive: await this.archiveFor(pathArgument(argument)) };
    const { name, protocol } = await this.askHow(source.stored ?? source.archive, argument);
    const { deployModel } = await this.services.deploy();
    const target = await this.services.thisComputer();
    const { store } = await this.services.localStore();
    const deployment = await this.runner.withProgress(`Deploying ${name} to ${target.label}`, deployWords, (task) =>
      deployModel({ ...source, store, target, name, protocol }, task),
    );
    void offerNextSteps(deployment);
  }

  private async archiveFor(given: string | undefined): Promise<ModelArchive> {
    const where = given ?? activeModelPath() ?? (await askForModelFolder('Deploy Model'));
    if (where.endsWith('.mar') && (await stat(where)).isFile()) {
      const { adoptArchive } = await this.services.packaging();
      return this.runner.withProgress('Reading the archive', { read: 'Reading' }, (task) =>
        adoptArchive(where, this.adoptedConfigFolder(where), { signal: task.signal }),
      );
    }
    // Packaging again is quick and gives the same bytes for the same input, so what is deployed is never stale.
    return this.packageModel.packageFolder(await folderOf(where));
  }

  /** One folder for each archive: two of the same name must not share a config.properties. */
  private adoptedConfigFolder(archive: string): string {
    return path.join(this.adoptedFolder, createHash('sha256').update(archive).digest('hex').slice(0, 16), 'config');
  }

  private async askHow(
    model: StoredModel | ModelArchive,
    argument: unknown,
  ): Promise<{ readonly name: string; readonly protocol: 'v1' | 'v2' }> {
    const { deploymentName } = await this.services.deploy();
    const given = { name: textField(argument, 'name'), protocol: textField(argument, 'protocol') };
    const answers = await multiStep<'name' | 'protocol'>(`Deploy ${model.name} ${model.version} to This computer`, [
      {
        key: 'name',
        ask: () =>
          given.name === undefined
            ? {
                kind: 'input',
                prompt: 'Name of the deployment',
                value: deploymentName(model.name),
                validate: (value) =>
                  /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value)
                    ? undefined
                    : 'Small letters, digits and -, a letter first: the rule for an InferenceService.',
              }
            : undefined,
      },
      {
        key: 'protocol',
        ask: () =>
          given.protocol === undefined
            ? {
                kind: 'pick',
                prompt: 'Which protocol will you ask it by?',
                value: 'v1',
                items: [
                  { value: 'v1', label: 'V1', description: 'POST /v1/models/<model>:predict' },
                  { value: 'v2', label: 'V2', description: 'Open Inference Protocol, POST /v2/models/<model>/infer' },
                ],
              }
            : undefined,
      },
    ]);
    return {
      name: given.name ?? answers.name ?? deploymentName(model.name),
      protocol: (given.protocol ?? answers.protocol) === 'v2' ? 'v2' : 'v1',
    };
  }
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
