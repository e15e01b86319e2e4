import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { EarlierVersion } from '../../kserve/earlierVersions.ts';
import { servedModelOf } from '../../kserve/servedModel.ts';
import { rowSubject, textField } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { deployWords } from '../deploy/deployWords.ts';
import { formatReplicas, parseReplicas, type Replicas } from '../../kserve/choices/sizeTexts.ts';
import type { NextSteps } from '../core/nextSteps.ts';
import type { ClusterObjects, FoundService } from './clusterObjects.ts';
import { prompts } from '../prompts.ts';

/** The commands on one InferenceService that change it, and the one that says what is wrong with it. */
export class ServiceOperations {
  constructor(
    private readonly objects: ClusterObjects,
    private readonly runner: CommandRunner,
    private readonly nextSteps: NextSteps,
  ) {}

  /** @param argument a row, or `{ deploymentId, minReplicas, maxReplicas }` */
  async scale(argument: unknown): Promise<void> {
    const found = await this.objects.service(argument, prompts.scale);
    const { name } = found.object;
    const { minReplicas, maxReplicas } = replicasOf(argument) ?? (await this.askForReplicas(found));
    const note = await this.runner.withProgress(`Scaling ${name}`, { apply: 'Applying the replicas' }, (task) => {
      task.onProgress?.({ step: 'apply' });
      return found.target.scale(found.deploymentId, minReplicas, maxReplicas, { signal: task.signal });
    });
    if (note !== undefined) void vscode.window.showWarningMessage(`${name}: ${note}`);
    vscode.window.setStatusBarMessage(`${name} has ${formatReplicas({ minReplicas, maxReplicas })} replicas.`, 5000);
  }

  /** @param argument a row, or `{ deploymentId, version }` */
  async rollBack(argument: unknown): Promise<void> {
    const { target, deploymentId, object } = await this.objects.service(argument, prompts.rollBack);
    const versions = await this.runner.withProgress(object.name, { read: 'Reading its earlier versions' }, (task) => {
      task.onProgress?.({ step: 'read' });
      return target.versions.earlier(deploymentId, { signal: task.signal });
    });
    if (versions.length === 0) {
      throw new ModelDeckError('not-found', `No earlier version of ${object.name} is known.`, {
        remedy: 'Model Deck knows the versions that it replaced itself. Deploy the version that you want.',
      });
    }
    const version =
      versions.find((one) => one.version === textField(argument, 'version')) ?? (await askWhich(versions));
    const title = `Rolling ${object.name} back to ${version.version}`;
    await this.runner.withProgress(title, deployWords, (task) => target.versions.rollBack(deploymentId, version, task));
    void vscode.window.showInformationMessage(`${object.name} serves version ${version.version} again.`);
  }

  /** @param argument a row, or `{ deploymentId, confirm: false }` */
  async delete(argument: unknown): Promise<void> {
    const { target, deploymentId, object } = await this.objects.service(argument, prompts.deleteService);
    const { name } = object;
    const notes = await this.runner.withProgress(name, { read: 'Looking up what depends on it' }, (task) => {
      task.onProgress?.({ step: 'read' });
      return target.deletionNotes(deploymentId, { signal: task.signal });
    });
    if (!isConfirmed(argument)) {
      const confirm = 'Delete';
      const chosen = await vscode.window.showWarningMessage(
        `Delete the InferenceService ${name} from ${target.label}?`,
        { modal: true, detail: notes.join('\n') },
        confirm,
      );
      if (chosen !== confirm) throw ModelDeckError.cancelled();
    }
    await target.remove(deploymentId);
  }

  /** Looks now, and says it with the button that helps. */
  async explain(argument: unknown): Promise<void> {
    const { target, deploymentId, object } = await this.objects.service(argument, prompts.explain);
    const words = { read: 'Reading its pods, events and logs' };
    const found = await this.runner.withProgress(object.name, words, (task) => {
      task.onProgress?.({ step: 'read' });
      return target.explain(deploymentId, { signal: task.signal });
    });
    const describe = { title: 'Describe', run: () => run('modelDeck.describe', object) };
    if (!found) {
      const chosen = await vscode.window.showInformationMessage(
        `No cause found: nothing keeps ${object.name} from working.`,
        describe.title,
      );
      if (chosen === describe.title) await describe.run();
      return;
    }
    const step = found.nextStep && this.nextSteps.button(found.nextStep, () => this.explain(argument));
    const buttons = [...(step ? [step] : []), describe];
    const chosen = await vscode.window.showWarningMessage(
      [found.message, found.remedy].filter(Boolean).join(' '),
      ...buttons.map(({ title }) => title),
    );
    await buttons.find(({ title }) => title === chosen)?.run();
  }

  /** The address that KServe gives the service; inside the cluster where it has none outside. */
  async url(deploymentId: string): Promise<string | undefined> {
    const { object } = await this.objects.service({ deploymentId }, '');
    const { status } = await this.objects.readService(object);
    return status?.url ?? status?.address?.url;
  }

  async copyStorageUri(argument: unknown): Promise<void> {
    const { object } = await this.objects.service(argument, prompts.copyServiceStorageUri);
    const { storageUri } = servedModelOf(await this.objects.readService(object)) ?? {};
    if (storageUri === undefined) {
      throw new ModelDeckError('not-found', `${object.name} has no storage URI.`, {
        remedy: 'Look at its manifest: its model may come from elsewhere.',
        nextStep: { kind: 'show-manifest', ...object },
      });
    }
    await vscode.env.clipboard.writeText(storageUri);
    vscode.window.setStatusBarMessage(`Copied ${storageUri}`, 5000);
  }

  private async askForReplicas({ object }: FoundService): Promise<Required<Replicas>> {
    const { minReplicas, maxReplicas } = (await this.objects.readService(object)).spec.predictor;
    const current: Replicas = {
      ...(minReplicas !== undefined && { minReplicas }),
      ...(maxReplicas !== undefined && { maxReplicas }),
    };
    const typed = await vscode.window.showInputBox({
      title: `Scale ${object.name}`,
      prompt: 'Number of pods, or a range, for example 1-3',
      value: formatReplicas(current) || '1',
      validateInput: (value) =>
        parseReplicas(value) === undefined ? 'Enter a whole number or a range, for example 1-3' : undefined,
    });
    const replicas = typed === undefined ? undefined : parseReplicas(typed);
    if (replicas === undefined) throw ModelDeckError.cancelled();
    return replicas;
  }
}

async function askWhich(versions: readonly EarlierVersion[]): Promise<EarlierVersion> {
  const items = versions.map((version) => ({
    label: version.version,
    description: `replaced ${new Date(version.replacedAt).toLocaleString()}`,
    detail: version.storageUri,
    version,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: prompts.rollBackTo });
  if (chosen === undefined) throw ModelDeckError.cancelled();
  return chosen.version;
}

/** What a script says. */
function replicasOf(argument: unknown): Required<Replicas> | undefined {
  if (typeof argument !== 'object' || argument === null || rowSubject(argument)) return undefined;
  const { minReplicas, maxReplicas } = argument as Readonly<Record<string, unknown>>;
  if (minReplicas === undefined && maxReplicas === undefined) return undefined;
  const [least = 1, most = least] = [minReplicas, maxReplicas];
  const replicas = [least, most].every(Number.isInteger) ? parseReplicas([least, most].join('-')) : undefined;
  if (replicas) return replicas;
  throw new ModelDeckError('invalid-input', 'modelDeck.scale: minReplicas and maxReplicas must be whole numbers.', {
    remedy: 'Correct the script or key binding that runs the command.',
  });
}

function isConfirmed(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'confirm' in argument && argument.confirm === false;
}

async function run(command: string, argument: unknown): Promise<void> {
  await vscode.commands.executeCommand(command, argument);
}
