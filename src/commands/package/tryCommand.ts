import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { modelSpecFileName, type ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { activeModelPath, askForModelFolder, folderOf, pathArgument } from '../core/arguments.ts';
import type { Services } from '../core/services.ts';
import { specText, writeSpecText } from './specText.ts';
import { triedSpec } from './triedSpec.ts';
import type { TryModel } from './tryModel.ts';

/** "Try Model…": what a packaged folder's model sees and answers; what is corrected there goes into its model-deck.yaml. */
export class TryModelCommand {
  constructor(
    private readonly services: Services,
    private readonly tryModel: TryModel,
    /** The first packaging, whose last step is the same page. */
    private readonly firstPackaging: (folder: string) => Promise<void>,
  ) {}

  /** @param target a folder, or a file in it */
  async run(target: unknown): Promise<void> {
    const where = pathArgument(target) ?? activeModelPath() ?? (await askForModelFolder('Try Model'));
    const folder = await folderOf(where);
    const specFile = path.join(folder, modelSpecFileName);
    if (!(await isThere(specFile))) return this.firstPackaging(folder);
    const { packageContract, readSpecText, withChanges } = await this.services.packaging();
    const text = await specText(specFile);
    const spec = readSpecText(text, specFile);
    const contract = await packageContract(folder, spec);
    if (contract === undefined || !this.tryModel.canTry(folder, spec, contract)) throw notTried(spec, specFile);
    const result = await this.tryModel.ask(folder, spec, contract);
    if (result.kind !== 'go-on') throw ModelDeckError.cancelled();
    const tried = triedSpec(spec, contract, { ...result, examples: [...(spec.examples ?? []), ...result.examples] });
    const changed = withChanges(text, spec, tried);
    if (changed !== text) await writeSpecText(specFile, changed);
  }
}

function isThere(file: string): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.file(file))).then(
    () => true,
    () => false,
  );
}

function notTried({ weights, handler }: ModelSpec, specFile: string): ModelDeckError {
  return new ModelDeckError(
    'unsupported',
    `${weights ?? 'A model without weights'} with ${handler} is not computed here.`,
    {
      remedy:
        'ONNX graphs with the handler that Model Deck writes can be tried. Deploy the others, and classify a picture.',
      location: { path: specFile },
    },
  );
}
