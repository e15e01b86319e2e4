import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { Place } from '../place.ts';

/** Lines of the log of a container that has ended, from its end. */
const tailLines = 500;
/** Lines of the log of a container that runs, from its beginning: TorchServe tells a failure once, and then repeats less. */
const headLines = 5000;
/** Milliseconds; a kubelet that is slow must not hold up what waits for its words. */
const longestMs = 2000;

/** @returns undefined when it cannot be read */
export async function readContainerLog(
  { connection, namespace }: Place,
  of: { readonly pod: string; readonly container: string; readonly previous: boolean },
  fromBeginning: boolean,
  task: Task,
): Promise<string | undefined> {
  const lines: string[] = [];
  const enough = new AbortController();
  // What has come by then has to do.
  const end = AbortSignal.any([enough.signal, AbortSignal.timeout(longestMs)]);
  const signal = task.signal ? AbortSignal.any([task.signal, end]) : end;
  const onLine = (line: string): void => {
    if (lines.push(line) >= headLines) enough.abort();
  };
  try {
    await connection.logs({ namespace, ...of, ...(!fromBeginning && { tailLines }) }, onLine, { signal });
  } catch {
    throwIfCancelled(task);
    if (!end.aborted) return undefined;
  }
  return lines.join('\n');
}
