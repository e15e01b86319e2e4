import * as vscode from 'vscode';
import { ModelDeckError } from '../foundation/error.ts';
import type { StoredModel } from '../stores/modelStore.ts';
import type { ServedModel } from '../targets/target.ts';
import { rowSubject } from './arguments.ts';
import type { Services } from './services.ts';
import { setLocalStoreFolder } from './settings.ts';

/** The commands on a row of the Model Stores view (and on the model of a deployment). */
export class StoreCommands {
  constructor(
    private readonly services: Services,
    private readonly refresh: () => void,
  ) {}

  async copyStorageUri(argument: unknown): Promise<void> {
    const { storageUri } = modelOf(argument);
    await vscode.env.clipboard.writeText(storageUri);
    vscode.window.setStatusBarMessage(`Copied ${storageUri}`, 5000);
  }

  async remove(argument: unknown): Promise<void> {
    const model = storedModelOf(argument);
    const target = await this.services.thisComputer();
    const user = target.deployments().find((deployment) => deployment.model.storageUri === model.storageUri);
    if (user) {
      throw new ModelDeckError('conflict', `${model.name} ${model.version} is deployed as ${user.name}.`, {
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
    await (await this.services.localStore()).store.remove(model);
    this.refresh();
  }

  async reveal(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const where = subject?.kind === 'store' ? subject.folder : modelOf(argument).path;
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

/** The model of a row: a stored one, or that of a deployment. @throws ModelDeckError when the row has none */
export function modelOf(argument: unknown): ServedModel {
  const subject = rowSubject(argument);
  return subject?.kind === 'deployment' ? subject.deployment.model : storedModelOf(argument);
}

function storedModelOf(argument: unknown): StoredModel {
  const subject = rowSubject(argument);
  if (subject?.kind === 'model') return subject.model;
  throw new ModelDeckError('invalid-input', 'No model is selected.', { remedy: 'Run the command from a model’s row.' });
}
