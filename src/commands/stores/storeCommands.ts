import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { inferenceServices } from '../../kserve/resources/inferenceService.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import { rowSubject } from '../core/arguments.ts';
import { chosenModel, chosenStoredModel } from '../core/chosenModel.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { claimOfStore } from '../deploy/deployArguments.ts';
import type { Services } from '../core/services.ts';
import { setLocalStoreFolder } from '../core/settings.ts';

/** The commands on a row of the Model Stores view (and on the model of a deployment). */
export class StoreCommands {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly refresh: () => void,
    /** Told when the models in a claim are not known any more. */
    private readonly claimChanged: (storeId: string) => void,
  ) {}

  async copyStorageUri(argument: unknown): Promise<void> {
    const { storageUri } = await chosenModel(this.services, argument, 'Copy the storage URI of which model?');
    await vscode.env.clipboard.writeText(storageUri);
    vscode.window.setStatusBarMessage(`Copied ${storageUri}`, 5000);
  }

  async remove(argument: unknown): Promise<void> {
    const model = await chosenStoredModel(this.services, argument, 'Remove which model from the store?');
    const user = await this.userOf(model);
    if (user !== undefined) {
      throw new ModelDeckError('conflict', `${model.name} ${model.version} is deployed as ${user}.`, {
        remedy: 'Remove the deployment first.',
      });
    }
    const confirm = 'Remove';
    const chosen = await vscode.window.showWarningMessage(
      `Remove ${model.name} ${model.version} from the store?`,
      { modal: true, detail: `This deletes ${model.path ?? model.storageUri}. The model folder is not touched.` },
      confirm,
    );
    if (chosen !== confirm) return;
    const claim = claimOfStore(model.storeId);
    if (!claim) {
      await (await this.services.localStore()).store.remove(model);
      return this.refresh();
    }
    const store = await this.services.claimStore({ contextName: claim.context, ...claim });
    const title = `Removing ${model.name} ${model.version}`;
    await this.runner.withProgress(title, { remove: 'starting a pod that deletes it' }, (task) => {
      task.onProgress?.({ step: 'remove' });
      return store.remove(model, { signal: task.signal });
    });
    this.claimChanged(model.storeId);
  }

  /** What serves the model, by name. */
  private async userOf({ storeId, storageUri }: StoredModel): Promise<string | undefined> {
    const claim = claimOfStore(storeId);
    if (!claim) {
      const target = await this.services.thisComputer();
      return target.deployments().find((deployment) => deployment.model.storageUri === storageUri)?.name;
    }
    const { context, namespace } = claim;
    const connection = await (await this.services.clusters()).connect(context);
    const { items } = await connection.list(inferenceServices, { namespace });
    return items.find(({ spec }) => spec.predictor.model?.storageUri === storageUri)?.metadata.name;
  }

  async reveal(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const where =
      subject?.kind === 'store'
        ? subject.folder
        : (await chosenModel(this.services, argument, 'Reveal which model?')).path;
    if (where === undefined) throw new ModelDeckError('unsupported', 'This model does not lie in a folder.');
    // A browser or a remote window has no file manager to show.
    if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(where));
      return;
    }
    const copy = 'Copy Path';
    if ((await vscode.window.showInformationMessage(where, copy)) === copy) await vscode.env.clipboard.writeText(where);
  }

  async changeFolder(): Promise<void> {
    const { folder } = await this.services.localStore();
    const picked = await vscode.window.showOpenDialog({
      title: 'Folder of the local model store',
      openLabel: 'Use This Folder',
      canSelectFolders: true,
      canSelectFiles: false,
      defaultUri: vscode.Uri.file(folder),
    });
    const chosen = picked?.[0];
    if (chosen === undefined) throw ModelDeckError.cancelled();
    await setLocalStoreFolder(chosen.fsPath);
  }
}
