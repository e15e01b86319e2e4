import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelContract } from '../../contract/modelContract.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type * as Local from '../../local/index.ts';
import type { Trial, TriedGraph } from '../../local/index.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import type { TryPages, TryResult } from '../../panel/try/tryPage.ts';
import type { TryPicture } from '../../panel/try/trySession.ts';
import { workspacePictures } from '../core/pictures.ts';
import { askExamples, exampleFile, type ExampleAnswer } from './examples.ts';
import { triedGraph } from './triedGraph.ts';

/** The process in which graphs are tried: that of "This computer". */
export interface TrialProcess {
  readonly serverEntry: string;
  readonly execPath: string;
}

/** "Try it": the wizard's last step, before anything is written. */
export class TryModel {
  constructor(
    private readonly pages: TryPages,
    private readonly local: () => Promise<typeof Local>,
    private readonly process: TrialProcess,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Whether the model of a spec is one that is computed here. */
  canTry(folder: string, spec: ModelSpec, contract: ModelContract): boolean {
    return triedGraph(folder, spec, contract) !== undefined;
  }

  /** Shows the page and waits. @param contract what is tried; the spec's own with its labels */
  async ask(folder: string, spec: ModelSpec, contract: ModelContract): Promise<TryResult> {
    const graph = triedGraph(folder, spec, contract);
    if (graph === undefined) return { kind: 'go-on', contract, examples: [] };
    const abort = new AbortController();
    const opening = this.open(graph, abort.signal);
    // The page shows why; nobody else is there to hear it when the page is left first.
    opening.catch(() => undefined);
    try {
      return await this.pages.ask({
        title: `Try ${spec.name}`,
        contract,
        pictures: await offeredPictures(folder),
        model: opening,
        browse: () => browse(folder),
      });
    } finally {
      abort.abort();
      await opening.then((trial) => trial.close()).catch(() => undefined);
    }
  }

  /**
   * What the examples of a spec get on this computer, by the files of its folder.
   * @returns nothing for models that are not computed here
   * @throws ModelDeckError when the graph cannot be loaded, or `cancelled`
   */
  async examples(
    folder: string,
    spec: ModelSpec,
    contract: ModelContract,
    task: Task,
  ): Promise<readonly ExampleAnswer[] | undefined> {
    const { examples = [] } = spec;
    const graph = triedGraph(folder, spec, contract);
    if (graph === undefined || examples.length === 0) return undefined;
    const trial = await this.open(graph, task.signal);
    try {
      return await askExamples(examples, async (example) => {
        throwIfCancelled(task);
        const picture = await contentOf(exampleFile(folder, example));
        return (await trial.ask(picture, contract)).interpretation;
      });
    } finally {
      await trial.close();
    }
  }

  private async open(graph: TriedGraph, signal: AbortSignal | undefined): Promise<Trial> {
    const { openTrial } = await this.local();
    return openTrial(
      { ...this.process, graph, log: (line) => this.log.info(`Try it: ${line}`) },
      signal ? { signal } : {},
    );
  }
}

/** Pictures of the workspace, those of the model's folder first. */
async function offeredPictures(folder: string): Promise<readonly TryPicture[]> {
  return (await workspacePictures(folder)).map(({ fsPath }) => pictureOf(folder, fsPath));
}

async function browse(folder: string): Promise<TryPicture | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({ title: 'Choose a picture to try', defaultUri: vscode.Uri.file(folder) })) ??
    [];
  return uri && pictureOf(folder, uri.fsPath);
}

function pictureOf(folder: string, file: string): TryPicture {
  const relative = path.relative(folder, file).split(path.sep).join('/');
  const isInside = !relative.startsWith('../') && !path.isAbsolute(relative);
  return {
    id: isInside ? relative : file,
    name: isInside ? relative : vscode.workspace.asRelativePath(file),
    read: () => contentOf(file),
  };
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, 'read the picture', file);
  }
}
