import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Deployment, DeploymentState, Target } from '../../targets/target.ts';
import { cannot } from '../../targets/targets.ts';
import { parseDeploymentRef } from '../../targets/deploymentRef.ts';
import { endpointOf, textField } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { deployWords } from '../deploy/deployWords.ts';
import type { PodLogs } from '../service/podLogs.ts';
import type { ServiceOperations } from '../service/serviceOperations.ts';
import type { Services } from '../core/services.ts';
import { prompts } from '../prompts.ts';

interface ChosenDeployment {
  readonly target: Target;
  readonly id: string;
  readonly name: string;
}

/** The commands on one deployment of any target: start, stop, remove, log, URL. From the palette they ask which one. */
export class Deployments {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly logs: PodLogs,
    private readonly operations: ServiceOperations,
  ) {}

  async start(argument: unknown): Promise<void> {
    const { target, id, name } = await this.choose(argument, prompts.startDeployment, ['stopped', 'failed']);
    const { lifecycle } = target;
    if (!lifecycle) throw cannot(target, 'be started');
    await this.runner.withProgress(`Starting ${name}`, deployWords, (task) => lifecycle.start(id, task));
  }

  async stop(argument: unknown): Promise<void> {
    const { target, id } = await this.choose(argument, prompts.stopDeployment, ['ready', 'starting']);
    if (!target.lifecycle) throw cannot(target, 'be stopped');
    await target.lifecycle.stop(id);
  }

  async remove(argument: unknown): Promise<void> {
    const { target, id, name } = await this.choose(argument, prompts.removeDeployment);
    // An object of a cluster takes others along, of which the question tells.
    if (target.cluster) return this.operations.delete({ deploymentId: id });
    const deployment = target.deployments().find((one) => one.id === id);
    const confirm = 'Remove';
    const chosen = await vscode.window.showWarningMessage(
      `Remove ${name} from ${target.label}?`,
      {
        modal: true,
        detail: `Its server is stopped. The model stays in the store: ${deployment?.model.storageUri ?? ''}`,
      },
      confirm,
    );
    if (chosen === confirm) await target.remove(id);
  }

  async showLog(argument: unknown): Promise<void> {
    const { target, id } = await this.choose(argument, prompts.showDeploymentLog);
    if (target.cluster) return this.logs.show({ deploymentId: id });
    if (!target.logs) throw cannot(target, 'show a log');
    const content = await target.logs.read(id);
    const document = await vscode.workspace.openTextDocument({ content, language: 'log' });
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async copyUrl(argument: unknown): Promise<void> {
    const { target, id, name } = await this.choose(argument, prompts.copyEndpointUrl, ['ready']);
    const url = target.cluster
      ? await this.operations.url(id)
      : target.deployments().find((deployment) => deployment.id === id)?.url;
    if (!url) {
      throw new ModelDeckError('not-found', `${name} has no URL yet.`, { remedy: 'Wait until it is ready.' });
    }
    await vscode.env.clipboard.writeText(url);
    vscode.window.setStatusBarMessage(`Copied ${url}`, 5000);
  }

  private async choose(
    argument: unknown,
    placeHolder: string,
    states?: readonly DeploymentState[],
  ): Promise<ChosenDeployment> {
    const named = await this.named(argument);
    if (named) return named;
    const fitting = (await this.services.targets.known())
      .flatMap((target) => target.deployments().map((deployment) => ({ target, deployment })))
      .filter(({ deployment: { state } }) => states === undefined || states.includes(state));
    if (fitting.length === 0) {
      throw new ModelDeckError(
        'not-found',
        states === undefined ? 'Nothing is deployed yet.' : `No deployment is ${states.join(' or ')}.`,
        {
          remedy: 'Deploy a model first.',
          nextStep: { kind: 'deploy-model' },
        },
      );
    }
    const items = fitting.map(({ target, deployment }) => ({
      label: deployment.name,
      description: `${target.label} · ${deployment.state}`,
      chosen: chosenOf(target, deployment),
    }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder });
    if (picked === undefined) throw ModelDeckError.cancelled();
    return picked.chosen;
  }

  /** The deployment of the row, or of the id that a script or our own page names. */
  private async named(argument: unknown): Promise<ChosenDeployment | undefined> {
    const id = endpointOf(argument) ?? textField(argument, 'deploymentId');
    const ref = id === undefined ? undefined : parseDeploymentRef(id);
    if (id === undefined || !ref) return undefined;
    return { target: await this.services.targets.of(ref.targetId), id, name: ref.name };
  }
}

function chosenOf(target: Target, { id, name }: Deployment): ChosenDeployment {
  return { target, id, name };
}
