import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { inferenceServices } from '../../kserve/resources/inferenceService.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import { requireWritable } from '../../stores/stores.ts';
import type { Deployment } from '../../targets/target.ts';
import { rowSubject } from '../core/arguments.ts';
import { chosenModel, chosenStoredModel } from '../core/chosenModel.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { Services } from '../core/services.ts';
import { setLocalStoreFolder } from '../core/settings.ts';
import { prompts } from '../prompts.ts';

/** The commands on a row of the Model Stores view (and on the model of a deployment). */
export class StoreCommands {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    /** Absolute path of the folder store that the settings name. */
    private readonly folder: () => string,
    /** Told when the models of a store have changed. */
    private readonly changed: (storeId: string) => void,
  ) {}

  async copyStorageUri(argument: unknown): Promise<void> {
    const { storageUri } = await chosenModel(this.services, argument, prompts.copyStorageUri);
    await vscode.env.clipboard.writeText(storageUri);
    vscode.window.setStatusBarMessage(`Copied ${storageUri}`, 5000);
  }

  async remove(argument: unknown): Promise<void> {
    const model = await chosenStoredModel(this.services, argument, prompts.removeModel);
    const store = requireWritable(await this.services.stores.of(model.storeId));
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
    const { name, version } = model;
    await this.runner.withProgress(`Removing ${name} ${version}`, { remove: 'deleting its files' }, (task) => {
      task.onProgress?.({ step: 'remove' });
      return store.remove(model, { signal: task.signal });
    });
    this.changed(model.storeId);
  }

  /** What serves the model, by name; as far as the targets that can read it from there tell. */
  private async userOf({ storeId, storageUri }: StoredModel): Promise<string | undefined> {
    const place = this.services.stores.mountedIn(storeId);
    if (place) {
      // It is mounted in its own namespace only, and another one of its name elsewhere is another claim.
      const connection = await (await this.services.clusters()).connect(place.context);
      const { items } = await connection.list(inferenceServices, { namespace: place.namespace });
      const { isSamePlace, storageUrisOf } = await this.services.kserve();
      const user = items.find((service) => storageUrisOf(service).some((uri) => isSamePlace(uri, storageUri)));
      return user?.metadata.name;
    }
    const known = (await this.services.targets.known()).flatMap((target) => target.deployments());
    const { isSamePlace } = await this.services.kserve();
    const isUser = ({ model }: Deployment): boolean =>
      [model.storageUri, ...(model.otherPlaces ?? [])].some((uri) => uri !== '' && isSamePlace(uri, storageUri));
    return known.find(isUser)?.name;
  }

  async reveal(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const where =
      subject?.kind === 'store'
        ? subject.folder
        : (await chosenModel(this.services, argument, prompts.revealModel)).path;
    if (where === undefined) throw new ModelDeckError('unsupported', 'This model is not in a folder of this computer.');
    // A browser or a remote window has no file manager to show.
    if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(where));
      return;
    }
    const copy = 'Copy Path';
    if ((await vscode.window.showInformationMessage(where, copy)) === copy) await vscode.env.clipboard.writeText(where);
  }

  async changeFolder(): Promise<void> {
    const picked = await vscode.window.showOpenDialog({
      title: 'Folder of the local model store',
      openLabel: 'Use This Folder',
      canSelectFolders: true,
      canSelectFiles: false,
      defaultUri: vscode.Uri.file(this.folder()),
    });
    const chosen = picked?.[0];
    if (chosen === undefined) throw ModelDeckError.cancelled();
    await setLocalStoreFolder(chosen.fsPath);
  }
}
