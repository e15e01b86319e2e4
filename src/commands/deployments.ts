import * as vscode from 'vscode';
import { ModelDeckError } from '../foundation/error.ts';
import type { Deployment, DeploymentState } from '../targets/target.ts';
import { rowSubject, textField } from './arguments.ts';
import type { CommandRunner } from './commandRunner.ts';
import { deployWords } from './deployModel.ts';
import type { Services } from './services.ts';

/** The commands on one deployment: start, stop, remove, log, URL. From the palette they ask which one. */
export class Deployments {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
  ) {}

  async start(argument: unknown): Promise<void> {
    const deployment = await this.choose(argument, 'Start which deployment?', ['stopped', 'failed']);
    const target = await this.services.thisComputer();
    await this.runner.withProgress(`Starting ${deployment.name}`, deployWords, (task) =>
      target.start(deployment.id, task),
    );
  }

  async stop(argument: unknown): Promise<void> {
    const deployment = await this.choose(argument, 'Stop which deployment?', ['ready', 'starting']);
    await (await this.services.thisComputer()).stop(deployment.id);
  }

  async remove(argument: unknown): Promise<void> {
    const deployment = await this.choose(argument, 'Remove which deployment?');
    const confirm = 'Remove';
    const chosen = await vscode.window.showWarningMessage(
      `Remove ${deployment.name} from This computer?`,
      { modal: true, detail: `Its server is stopped. The model stays in the store: ${deployment.model.storageUri}` },
      confirm,
    );
    if (chosen === confirm) await (await this.services.thisComputer()).remove(deployment.id);
  }

  async showLog(argument: unknown): Promise<void> {
    const deployment = await this.choose(argument, 'Show the log of which deployment?');
    const content = await (await this.services.thisComputer()).log(deployment.id);
    const document = await vscode.workspace.openTextDocument({ content, language: 'log' });
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async copyUrl(argument: unknown): Promise<void> {
    const deployment = await this.choose(argument, 'Copy the URL of which deployment?', ['ready']);
    await vscode.env.clipboard.writeText(deployment.url ?? '');
    vscode.window.setStatusBarMessage(`Copied ${deployment.url ?? ''}`, 5000);
  }

  private async choose(
    argument: unknown,
    placeHolder: string,
    states?: readonly DeploymentState[],
  ): Promise<Deployment> {
    const subject = rowSubject(argument);
    if (subject?.kind === 'deployment') return subject.deployment;
    const all = (await this.services.thisComputer()).deployments();
    const id = textField(argument, 'deploymentId');
    const named = all.find((deployment) => deployment.id === id);
    if (named) return named;
    const fitting = all.filter(({ state }) => states === undefined || states.includes(state));
    if (fitting.length === 0) {
      throw new ModelDeckError('not-found', `There is no deployment that is ${(states ?? ['there']).join(' or ')}.`, {
        remedy: 'Deploy a model first.',
      });
    }
    const items = fitting.map((deployment) => ({ label: deployment.name, description: deployment.state, deployment }));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder });
    if (chosen === undefined) throw ModelDeckError.cancelled();
    return chosen.deployment;
  }
}
