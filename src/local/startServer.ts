import type { ModelContract } from '../contract/modelContract.ts';
import { ModelDeckError } from '../foundation/error.ts';
import { throwIfCancelled, type Task } from '../foundation/task.ts';
import type { ServerMessage, ServerOrder, ServerStep } from './server/messages.ts';
import type { ServedModel } from './serverRequest.ts';
import { endChild, endedError, forEachLine, launch, type ChildEntry } from './serverProcess.ts';

export interface ServerRequest extends ChildEntry {
  readonly model: ServedModel;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Label of each class, when the archive has them. */
  readonly labels?: readonly string[];
  /** What the archive says of the model's input and output. */
  readonly contract?: ModelContract;
  /** What computes, for the reader, where the process alone knows it. */
  readonly runtime?: string;
  /** Resolves with the reason when the server ends without {@link stop}. */
  readonly exited: Promise<string>;
  /** Ends the server; resolves when its process is gone. */
  stop(): Promise<void>;
}

/** How long a model may take to load, in milliseconds. PyTorch reads gigabytes on slow disks. */
const loadTimeout = 600_000;
/** Last lines of the process that go into the message when it ends without one. */
const keptLines = 8;

/**
 * Starts a process that serves one model, and resolves when the model has answered.
 * @throws ModelDeckError what the server reports, `cancelled`, `timeout`, or `server` when the process ends
 */
export async function startServer(request: ServerRequest, task: Task<ServerStep> = {}): Promise<RunningServer> {
  throwIfCancelled(task);
  task.onProgress?.({ step: 'start-server' });
  const child = launch(request);
  const lines: string[] = [];
  const keep = (line: string): void => {
    if (line.trim() === '') return;
    lines.splice(0, lines.length - keptLines + 1);
    lines.push(line);
    request.log(line);
  };
  for (const stream of [child.stdout, child.stderr]) forEachLine(stream, keep);

  let failure: ModelDeckError | undefined;
  let stopped = false;
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    await endChild(child, gone);
  };
  const ready = new Promise<Extract<ServerMessage, { kind: 'ready' }>>((resolve) => {
    child.on('message', (received) => {
      const message = received as ServerMessage;
      if (message.kind === 'step') task.onProgress?.({ step: message.step });
      else if (message.kind === 'log') keep(message.line);
      else if (message.kind === 'ready') resolve(message);
      else
        failure = new ModelDeckError(
          message.category,
          message.summary,
          message.remedy === undefined ? {} : { remedy: message.remedy },
        );
    });
  });
  const ended = gone.then((how) => failure ?? endedError(how, lines));
  const clock = new AbortController();
  try {
    child.send({ kind: 'serve', model: request.model } satisfies ServerOrder, () => undefined);
    const { url, labels, contract, runtime } = await Promise.race([
      ready,
      ended.then((error) => Promise.reject(error)),
      interruption(task, clock.signal),
    ]);
    return {
      url,
      ...(labels && { labels }),
      ...(contract && { contract }),
      ...(runtime !== undefined && { runtime }),
      exited: ended.then((error) => (stopped ? new Promise<string>(() => undefined) : words(error))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clock.abort();
  }
}

/** Rejects when the task is cancelled or the time is over; never, once `clock` is aborted. */
function interruption(task: Task<ServerStep>, clock: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(ModelDeckError.cancelled());
    const timer = setTimeout(() => {
      const minutes = loadTimeout / 60_000;
      reject(
        new ModelDeckError('timeout', `The model was not loaded within ${minutes} minutes.`, {
          remedy: 'Look at the log of the deployment.',
        }),
      );
    }, loadTimeout);
    task.signal?.addEventListener('abort', onAbort, { once: true });
    clock.addEventListener('abort', () => {
      clearTimeout(timer);
      task.signal?.removeEventListener('abort', onAbort);
    });
  });
}

function words({ message, remedy }: ModelDeckError): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}
