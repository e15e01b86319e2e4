import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import type { Task } from '../../foundation/task.ts';
import type * as Inference from '../../inference/index.ts';
import type { Target } from '../../targets/target.ts';
import { askExamples, compareExamples, exampleFile, type Comparison } from '../package/examples.ts';
import type { TryModel } from '../package/tryModel.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import type { Services } from '../core/services.ts';
import type { DeploySource } from './deploySource.ts';

/** As many classes as any of our servers names. */
const k = 20;

/** Asks a new deployment for the examples of `model-deck.yaml`, and holds its answers against those of this computer. */
export class DeployedExamples {
  constructor(
    private readonly services: Services,
    private readonly inference: () => Promise<typeof Inference>,
    private readonly tryModel: TryModel,
    private readonly runner: CommandRunner,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @returns nothing where the model has no examples. That they could not be asked is told, and fails no deploy. */
  async check(source: DeploySource, deploymentId: string, target: Target): Promise<Comparison | undefined> {
    const { spec, specFile } = source;
    if (spec?.examples === undefined || specFile === undefined || spec.examples.length === 0) return undefined;
    try {
      const comparison = await this.runner.withProgress(
        `Checking the examples of ${spec.name}`,
        { examples: 'Asking for each' },
        (task) => this.compare({ ...source, spec, specFile }, deploymentId, target, task),
      );
      this.log.info(`Examples of ${spec.name} at ${target.label}: ${comparison.sentence}`);
      return comparison;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn(`Examples of ${spec.name} at ${target.label}: ${reason}`);
      const isCancelled = ModelDeckError.is(error) && error.category === 'cancelled';
      return isCancelled ? undefined : { isRight: false, sentence: `Its examples could not be checked: ${reason}` };
    }
  }

  private async compare(
    { spec, specFile }: Required<Pick<DeploySource, 'spec' | 'specFile'>>,
    deploymentId: string,
    target: Target,
    task: Task<'examples'>,
  ): Promise<Comparison> {
    task.onProgress?.({ step: 'examples' });
    const quiet = { signal: task.signal };
    const folder = path.dirname(specFile);
    const examples = spec.examples ?? [];
    const [{ packageContract }, { predict }] = await Promise.all([this.services.packaging(), this.inference()]);
    const contract = await packageContract(folder, spec);
    const endpoint = await target.endpoint(deploymentId, undefined, quiet);
    const options = {
      endpoint,
      k,
      isRemote: target.routes !== undefined,
      ...(contract && { ofThePackage: () => Promise.resolve({ contract }) }),
    };
    const there = await askExamples(examples, async (example) => {
      const { kind, predictions } = await predict({ ...options, image: await pictureOf(folder, example) }, quiet);
      return { kind, values: predictions };
    });
    const here = contract && (await this.tryModel.examples(folder, spec, contract, quiet));
    return compareExamples(there, here);
  }
}

async function pictureOf(folder: string, example: Parameters<typeof exampleFile>[1]): Promise<Uint8Array> {
  const file = exampleFile(folder, example);
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, 'read the example', file);
  }
}

/** Tells that a deployment is ready, and what its examples say; as a warning when they do not get their answers. */
export function tellReady(
  ready: string,
  examples: Comparison | undefined,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  const message = examples === undefined ? ready : `${ready} ${examples.sentence}`;
  return examples?.isRight === false
    ? vscode.window.showWarningMessage(message, ...buttons)
    : vscode.window.showInformationMessage(message, ...buttons);
}
