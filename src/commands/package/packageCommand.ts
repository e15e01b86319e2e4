import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { Detection, Finding } from '../../packaging/read/detection.ts';
import type { PackageStep } from '../../packaging/kinds/packageKind.ts';
import { mainPath, type ModelPackage } from '../../packaging/modelPackage.ts';
import { modelSpecFileName, type ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { formatBytes } from '../../foundation/formatBytes.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { exampleFindings } from './examples.ts';
import type { Findings } from './findings.ts';
import { askForSpec } from './packageWizard.ts';
import type { TryModel } from './tryModel.ts';
import type { Services } from '../core/services.ts';
import { outputFolder } from '../core/settings.ts';

type Step = PackageStep | 'check-examples';

const words: Readonly<Record<Step, string>> = {
  check: 'Checking the folder',
  'check-examples': 'Checking the examples',
  'hash-weights': 'Reading the weights',
  'write-archive': 'Writing the archive',
  'write-config': 'Writing config.properties',
};

/** "Package Model…": folder → archive and config.properties, with the spec asked for the first time. */
export class PackageModel {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly findings: Findings,
    private readonly tryModel: TryModel,
  ) {}

  /** @param target a folder, or a file in it; from a menu or a script */
  async run(target: unknown): Promise<void> {
    const where = pathArgument(target) ?? activeModelPath() ?? (await askForModelFolder('Package Model'));
    const folder = await folderOf(where);
    const made = await this.packageFolder(folder);
    // Not awaited: the command is done, whether or not the user answers.
    void this.offerNextSteps(made, folder);
  }

  /** Packages a folder; asks only when it has no model-deck.yaml yet. */
  async packageFolder(folder: string): Promise<ModelPackage> {
    const packaging = await this.services.packaging();
    const specFile = path.join(folder, modelSpecFileName);
    const detection = await this.detect(folder);
    const existing = detection.specFile === undefined ? undefined : await this.readSpec(folder, specFile);
    const spec = existing ?? (await this.newSpec(detection));
    const kind = packaging.packageKinds.ofSpec(spec);
    const made = await this.runner.withProgress(`Packaging ${spec.name}`, words, async (task) => {
      task.onProgress?.({ step: 'check' });
      const checked = await kind.check({ folder, spec, specFile }, { signal: task.signal });
      const isSound = checked.every(({ severity }) => severity !== 'error');
      const findings = isSound ? [...checked, ...(await this.checkExamples(folder, spec, specFile, task))] : checked;
      this.findings.show(folder, findings);
      this.findings.throwOnErrors(folder, findings);
      return kind.write({ folder, spec, outputFolder: outputFolder(folder), force: true }, task);
    });
    if (existing === undefined && made.weightsSha256 !== undefined) {
      // The first packaging has read the weights: from now on the spec says which ones it means.
      const provenance = { ...spec.provenance, sha256: made.weightsSha256 };
      await packaging.writeSpec(specFile, { ...spec, provenance });
    }
    return made;
  }

  /** Findings about examples that do not get their label; none for models that are not computed here. */
  private async checkExamples(
    folder: string,
    spec: ModelSpec,
    specFile: string,
    task: Task<Step>,
  ): Promise<readonly Finding[]> {
    if (spec.examples === undefined) return [];
    task.onProgress?.({ step: 'check-examples' });
    const { packageContract } = await this.services.packaging();
    const contract = await packageContract(folder, spec);
    const answers = contract && (await this.tryModel.examples(folder, spec, contract, { signal: task.signal }));
    return answers ? exampleFindings(answers, specFile, await readFile(specFile, 'utf8')) : [];
  }

  private async detect(folder: string): Promise<Detection> {
    const { detectModelFolder } = await this.services.packaging();
    return this.runner.withProgress(`Looking at ${path.basename(folder)}`, { read: 'Reading the folder' }, (task) => {
      task.onProgress?.({ step: 'read' });
      return detectModelFolder(folder, { signal: task.signal });
    });
  }

  private async readSpec(folder: string, specFile: string): Promise<ModelSpec> {
    const { parseSpec } = await this.services.packaging();
    const document = await vscode.workspace.openTextDocument(specFile);
    const { spec, findings } = parseSpec(document.getText(), specFile);
    this.findings.show(folder, findings);
    this.findings.throwOnErrors(folder, findings);
    if (spec === undefined)
      throw new ModelDeckError('internal', `${specFile} could not be read, and no reason is known.`);
    return spec;
  }

  private async newSpec(detection: Detection): Promise<ModelSpec> {
    if (detection.suggestion === undefined) throw nothingToPackage(detection);
    const packaging = await this.services.packaging();
    const spec = await askForSpec(detection, detection.suggestion, packaging, this.tryModel);
    await packaging.writeSpec(path.join(detection.folder, modelSpecFileName), spec);
    return spec;
  }

  private async offerNextSteps(made: ModelPackage, folder: string): Promise<void> {
    const main = mainPath(made);
    const summary = `${path.basename(main)} is packaged: ${formatBytes(made.size)}, sha256 ${made.sha256.slice(0, 12)}…`;
    const deploy = 'Deploy…';
    const open = 'Open';
    const chosen = await vscode.window.showInformationMessage(summary, deploy, open);
    const uri = vscode.Uri.file(main);
    // The folder, not the archive: what model-deck.yaml says beside it (source, examples) belongs to the deploy.
    if (chosen === deploy) await vscode.commands.executeCommand('modelDeck.deployModel', vscode.Uri.file(folder));
    if (chosen === open)
      await vscode.commands.executeCommand(main.endsWith('.mar') ? 'vscode.open' : 'revealInExplorer', uri);
  }
}

function nothingToPackage(detection: Detection): ModelDeckError {
  const found = detection.weights.map((weights) => `${weights.path}: ${weights.explanation}`).join(' ');
  const limit = detection.limit === undefined ? '' : ` ${detection.limit}`;
  const hostile = detection.weights.some((weights) => weights.kind === 'hostile-pickle');
  return new ModelDeckError(
    hostile ? 'hostile' : detection.weights.length > 0 ? 'unsupported' : 'not-found',
    `${path.basename(detection.folder)} holds nothing that can be packaged. ${found || 'There are no weights in it.'}${limit}`,
    {
      remedy: hostile
        ? 'Do not open it with PyTorch either. Get the model from a source that you trust, or as ONNX.'
        : 'A model folder has an ONNX file, a TorchScript file, or a state_dict (.pt, .pth) together with the Python file of its class.',
      location: { path: detection.folder },
      nextStep: { kind: 'reveal-file', path: detection.folder },
    },
  );
}
