import type { ModelContract } from '../contract/modelContract.ts';
import { ModelDeckError } from '../foundation/error.ts';
import { throwIfCancelled, type Task } from '../foundation/task.ts';
import { endChild, endedError, forEachLine, launch, type ChildEntry } from './serverProcess.ts';
import type {
  TrialAnswer,
  TrialFailure,
  TrialMessage,
  TrialOrder,
  TrialQuestion,
  TriedGraph,
} from './trialMessages.ts';

export interface TrialRequest extends ChildEntry {
  readonly graph: TriedGraph;
  readonly log: (line: string) => void;
}

/** A graph that is loaded in a process of its own and answers for pictures, by any contract. */
export interface Trial {
  /** @throws ModelDeckError what is wrong with picture or contract; `server` when the process has ended */
  ask(picture: Uint8Array, contract: ModelContract): Promise<TrialAnswer>;
  /** Ends the process; questions that are open then reject. */
  close(): Promise<void>;
}

interface Asked {
  readonly resolve: (answer: TrialAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Last lines of the process that go into the message when it ends without one. */
const keptLines = 8;

/**
 * Loads a graph as "This computer" does, but from the folder where it lies: nothing is written.
 * @throws ModelDeckError when the graph cannot be loaded, `cancelled`, or `server` when the process ends
 */
export async function openTrial(request: TrialRequest, task: Task = {}): Promise<Trial> {
  throwIfCancelled(task);
  const child = launch(request);
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.splice(0, lines.length - keptLines + 1);
    lines.push(line);
    request.log(line);
  };
  for (const stream of [child.stdout, child.stderr]) forEachLine(stream, keep);
  const asked = new Map<number, Asked>();
  let failure: ModelDeckError | undefined;
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  const ended = gone.then((how) => failure ?? endedError(how, lines));
  const loaded = new Promise<void>((resolve) => {
    child.on('message', (received) => {
      const message = received as TrialMessage;
      if (message.kind === 'log') return keep(message.line);
      if (message.kind === 'loaded') return resolve();
      if (message.kind === 'failed') return void (failure = errorOf(message));
      const question = asked.get(message.id);
      asked.delete(message.id);
      if (message.kind === 'answer') question?.resolve(message.answer);
      else question?.reject(errorOf(message.failure));
    });
  });
  void ended.then((error) => asked.forEach(({ reject }) => reject(error)));
  const close = (): Promise<void> => endChild(child, gone);
  const cancelled = new Promise<never>((_resolve, reject) => {
    task.signal?.addEventListener('abort', () => reject(ModelDeckError.cancelled()), { once: true });
  });
  try {
    child.send({ kind: 'try', graph: request.graph } satisfies TrialOrder, () => undefined);
    await Promise.race([loaded, ended.then((error) => Promise.reject(error)), cancelled]);
  } catch (error) {
    await close();
    throw error;
  }
  let last = 0;
  const ask = (picture: Uint8Array, contract: ModelContract): Promise<TrialAnswer> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      if (!child.connected) return void ended.then(reject);
      asked.set(id, { resolve, reject });
      const question: TrialQuestion = { id, picture: Buffer.from(picture).toString('base64'), contract };
      child.send(question, (error) => error && reject(error));
    });
  return { ask, close };
}

function errorOf({ category, summary, remedy }: TrialFailure): ModelDeckError {
  return new ModelDeckError(category, summary, remedy === undefined ? {} : { remedy });
}
