import path from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../foundation/formatBytes.ts';
import { mainPath, pagePath } from '../../packaging/modelPackage.ts';
import { modelSpecFileName } from '../../packaging/spec/modelSpec.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { Services } from '../core/services.ts';
import type { Findings } from '../../views/spec/findings.ts';
import { FolderPackaging, type PackagedFolder, type PreparedFolder } from './packageFolder.ts';
import type { AskedExtent } from './packageQuestions.ts';
import { EditorPackagingWindow } from './packagingWindow.ts';
import type { TryModel } from './tryModel.ts';

/** "Package Model…": folder → package, with the spec asked for the first time. */
export class PackageModel {
  private readonly folders: FolderPackaging;

  /** @param cacheFolder where what archives get from elsewhere is kept */
  constructor(services: Services, runner: CommandRunner, findings: Findings, tryModel: TryModel, cacheFolder: string) {
    const window = new EditorPackagingWindow(services, runner, findings, tryModel, cacheFolder);
    this.folders = new FolderPackaging(services.packaging, window);
  }

  /** @param target a folder, or a file in it; from a menu or a script */
  async run(target: unknown): Promise<void> {
    const where = pathArgument(target) ?? activeModelPath() ?? (await askForModelFolder('Package Model'));
    const folder = await folderOf(where);
    const packaged = await this.packageFolder(folder, 'choose');
    // Not awaited: the command is done, whether or not the user answers.
    void offerNextSteps(packaged, folder);
  }

  /** Packages a folder; asks only when it has no model-deck.yaml yet, and then as much as `extent` says. */
  packageFolder(folder: string, extent: AskedExtent): Promise<PackagedFolder> {
    return this.folders.run(folder, extent);
  }

  /** What a folder is to become, before it is known as what kind; asks as {@link packageFolder} does. */
  prepareFolder(folder: string, extent: AskedExtent): Promise<PreparedFolder> {
    return this.folders.prepare(folder, extent);
  }
}

async function offerNextSteps({ modelPackage, specFile }: PackagedFolder, folder: string): Promise<void> {
  const main = mainPath(modelPackage);
  const size = formatBytes(modelPackage.size);
  const made = `${path.basename(main)} is packaged: ${size}, sha256 ${modelPackage.sha256.slice(0, 12)}…`;
  const unwritten =
    specFile === undefined
      ? ` It is in ${modelPackage.folder}. ${path.basename(folder)} cannot be written to, so ${modelSpecFileName} is kept in this window only.`
      : '';
  const deploy = 'Deploy…';
  const open = 'Open';
  const chosen = await vscode.window.showInformationMessage(made + unwritten, deploy, open);
  // The folder, not the archive: what model-deck.yaml says beside it (source, examples) belongs to the deploy.
  if (chosen === deploy) await vscode.commands.executeCommand('modelDeck.deployModel', vscode.Uri.file(folder));
  if (chosen !== open) return;
  const page = pagePath(modelPackage);
  if (page === undefined) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(main));
  else await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(page));
}
