import * as vscode from 'vscode';
import { ModelDeckError, type NextStep } from '../../foundation/error.ts';
import type { Progress, Task } from '../../foundation/task.ts';
import type { CommandId } from './commandIds.ts';
import type { NextSteps } from './nextSteps.ts';

/** What a command is given: the arguments of its menu (a row, a Uri) or of a script. Unknown until it looks. */
export type CommandHandler = (...args: readonly unknown[]) => Promise<void>;

/** One place where every command starts, is logged, shows progress, is cancelled, and fails with words and a button. */
export class CommandRunner {
  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly nextSteps: NextSteps,
  ) {}

  registerAll(handlers: Readonly<Record<CommandId, CommandHandler>>): vscode.Disposable {
    return vscode.Disposable.from(
      ...Object.entries(handlers).map(([id, handler]) =>
        vscode.commands.registerCommand(id, (...args: unknown[]) => this.run(id, () => handler(...args))),
      ),
    );
  }

  /** Runs one action; its failure is shown here and does not reach the caller. */
  async run(name: string, action: () => Promise<void>): Promise<void> {
    this.log.info(`${name}: started`);
    try {
      await action();
      this.log.info(`${name}: done`);
    } catch (error) {
      await this.showError(name, error, () => this.run(name, action));
    }
  }

  /**
   * Shows a notification with progress and Cancel while `work` runs; nothing, when it is done at once.
   *
   * @param words what the user reads for each step
   */
  async withProgress<Step extends string, T>(
    title: string,
    words: Readonly<Record<Step, string>>,
    work: (task: Task<Step>) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    let last: { readonly step: Step; readonly percent: number } | undefined;
    let message = '';
    let show: (increment?: number) => void = () => undefined;
    const onProgress = ({ step, done, total }: Progress<Step>): void => {
      const percent = done !== undefined && total ? Math.floor((100 * done) / total) : 0;
      if (last?.step === step && last.percent === percent) return;
      if (last?.step !== step) this.log.info(`${title}: ${words[step]}`);
      const increment = last?.step === step ? percent - last.percent : undefined;
      last = { step, percent };
      message = total ? `${words[step]} (${percent}%)` : words[step];
      show(increment);
    };
    const running = work({ signal: abort.signal, onProgress });
    if (await endsWithin(quickMs, running)) return running;
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (notification, token) => {
        const subscription = token.onCancellationRequested(() => abort.abort());
        show = (increment) => notification.report({ message, ...(increment !== undefined && { increment }) });
        show();
        try {
          return await running;
        } finally {
          subscription.dispose();
        }
      },
    );
  }

  private async showError(name: string, error: unknown, retry: () => Promise<void>): Promise<void> {
    if (ModelDeckError.is(error) && error.category === 'cancelled') {
      this.log.info(`${name}: cancelled`);
      vscode.window.setStatusBarMessage('Model Deck: cancelled', 5000);
      return;
    }
    this.log.error(`${name}: ${describe(error)}`);
    const known = ModelDeckError.is(error) ? error : undefined;
    const message = known ? [known.message, known.remedy].filter(Boolean).join(' ') : unexpected(error);
    const buttons = nextStepsOf(known).map((step) => this.nextSteps.button(step, retry));
    const chosen = await vscode.window.showErrorMessage(message, ...buttons.map((button) => button.title));
    await buttons.find((button) => button.title === chosen)?.run();
  }
}

/** Milliseconds within which work needs no notification: it would only flash. */
const quickMs = 400;

/** Whether work ends, well or not, within a time. */
async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, milliseconds, false)));
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

/**
 * The buttons of an error: its own step, else the file that it is about, else to try again once the user has done what the
 * message says. The log comes last, and alone for nothing but our own faults.
 */
function nextStepsOf(error: ModelDeckError | undefined): readonly NextStep[] {
  const log: NextStep = { kind: 'show-log' };
  if (error?.nextStep) return error.nextStep.kind === 'show-log' ? [log] : [error.nextStep, log];
  if (error === undefined || error.category === 'internal') return [log];
  return [error.location ? { kind: 'open-file', location: error.location } : { kind: 'retry' }, log];
}

function unexpected(error: unknown): string {
  return `Something went wrong inside Model Deck: ${error instanceof Error ? error.message : String(error)}`;
}

/** The error with all its causes, for the log. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = ModelDeckError.is(error) ? `[${error.category}] ${error.message}` : (error.stack ?? error.message);
  return error.cause === undefined ? own : `${own}\n  caused by ${describe(error.cause)}`;
}
