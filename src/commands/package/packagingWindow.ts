import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { Detection, Finding } from '../../packaging/read/detection.ts';
import { vendoringOf, type Vendoring } from '../../packaging/kinds/vendoring.ts';
import { modelSpecFileName, type ModelSpec } from '../../packaging/spec/modelSpec.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { Services } from '../core/services.ts';
import { onnxRuntimeSource, outputFolder, torchServePlatform } from '../core/settings.ts';
import type { ExampleAnswer } from './examples.ts';
import type { Findings } from '../../views/spec/findings.ts';
import type { MissingWeights, PackageFolderStep, PackagingWindow } from './packageFolder.ts';
import type { AskedExtent } from './packageQuestions.ts';
import { askForSpec } from './packageWizard.ts';
import { specText, writeSpecText } from './specText.ts';
import type { TryModel } from './tryModel.ts';

const words: Readonly<Record<PackageFolderStep, string>> = {
  'find-weights': 'Looking for the weights',
  check: 'Checking the folder',
  'check-examples': 'Checking the examples',
  'hash-weights': 'Reading the weights',
  'write-archive': 'Writing the archive',
  'write-config': 'Writing config.properties',
};

/** What packaging asks and shows in VS Code. */
export class EditorPackagingWindow implements PackagingWindow {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly findings: Findings,
    private readonly tryModel: TryModel,
    private readonly cacheFolder: string,
  ) {}

  async detect(folder: string): Promise<Detection> {
    const { detectModelFolder } = await this.services.packaging();
    return this.runner.withProgress(`Looking at ${path.basename(folder)}`, { read: 'Reading the folder' }, (task) => {
      task.onProgress?.({ step: 'read' });
      return detectModelFolder(folder, { signal: task.signal });
    });
  }

  specText(file: string): Promise<string> {
    return specText(file);
  }

  writeSpecText(file: string, text: string): Promise<void> {
    return writeSpecText(file, text);
  }

  async askForSpec(detection: Detection, suggestion: ModelSpec, extent: AskedExtent): Promise<ModelSpec> {
    return askForSpec(detection, suggestion, await this.services.packaging(), this.tryModel, extent);
  }

  async chooseWeights({ folder, missing, others, same }: MissingWeights): Promise<string> {
    const items = others.map(({ path: file, explanation }) => ({
      label: file,
      description: file === same ? `the same content as ${missing} had` : explanation,
    }));
    const first = [...items].sort((a, b) => Number(b.label === same) - Number(a.label === same));
    const chosen = await vscode.window.showQuickPick(first, {
      title: `Package ${path.basename(folder)}`,
      placeHolder: `${modelSpecFileName} names ${missing}, which is not in the folder. Choose its weights`,
    });
    if (chosen === undefined) throw ModelDeckError.cancelled();
    return chosen.label;
  }

  async chooseOutput(folder: string, refused: string): Promise<string> {
    const choose = 'Choose a Folder…';
    const answer = await vscode.window.showWarningMessage(
      `${path.basename(folder)} cannot be packaged in its own folder.`,
      { modal: true, detail: `${refused} cannot be written to. The package can be written to another folder.` },
      choose,
    );
    if (answer !== choose) throw ModelDeckError.cancelled();
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: 'Folder for the package',
        openLabel: 'Package Here',
        canSelectFolders: true,
        canSelectFiles: false,
      })) ?? [];
    if (chosen === undefined) throw ModelDeckError.cancelled();
    return path.join(chosen.fsPath, path.basename(folder));
  }

  outputFolder(folder: string): string {
    return outputFolder(folder);
  }

  vendoring(folder: string): Vendoring | undefined {
    return vendoringOf(onnxRuntimeSource(folder), torchServePlatform(), this.cacheFolder);
  }

  show(folder: string, findings: readonly Finding[]): void {
    this.findings.show(folder, findings);
  }

  async examples(folder: string, spec: ModelSpec, task: Task): Promise<readonly ExampleAnswer[] | undefined> {
    const { packageContract } = await this.services.packaging();
    const contract = await packageContract(folder, spec);
    return contract && this.tryModel.examples(folder, spec, contract, task);
  }

  withProgress<T>(title: string, work: (task: Task<PackageFolderStep>) => Promise<T>): Promise<T> {
    return this.runner.withProgress(title, words, work);
  }
}
