import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { Place } from './place.ts';

/** Lines of the log of a container that has ended, from its end. */
const tailLines = 500;
/** Lines of the log of a container that runs, from its beginning: TorchServe tells a failure once, and then repeats less. */
const headLines = 5000;

/** @returns undefined when it cannot be read */
export async function readContainerLog(
  { connection, namespace }: Place,
  of: { readonly pod: string; readonly container: string; readonly previous: boolean },
  fromBeginning: boolean,
  task: Task,
): Promise<string | undefined> {
  const lines: string[] = [];
  const enough = new AbortController();
  const signal = task.signal ? AbortSignal.any([task.signal, enough.signal]) : enough.signal;
  const onLine = (line: string): void => {
    if (lines.push(line) >= headLines) enough.abort();
  };
  try {
    await connection.logs({ namespace, ...of, ...(!fromBeginning && { tailLines }) }, onLine, { signal });
  } catch {
    throwIfCancelled(task);
    if (!enough.signal.aborted) return undefined;
  }
  return lines.join('\n');
}
