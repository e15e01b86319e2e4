import type { Task } from '../../foundation/task.ts';
import type { LogQuery } from '../clusterConnection.ts';
import { readLines } from '../transport/readLines.ts';
import { podPath, withQuery } from '../objects/resourcePath.ts';
import type { Rest } from '../transport/rest.ts';

/** Longer lines are cut: an editor shows no more of a line anyway. */
const maxLineBytes = 64 * 1024;

/** Reads a container's log; with `follow`, until the container ends or the task is aborted. */
export async function readLogs(
  rest: Rest,
  { namespace, pod, container, follow, previous, tailLines, timestamps }: LogQuery,
  onLine: (line: string) => void,
  task?: Task,
): Promise<void> {
  const path = withQuery(podPath(namespace, pod, 'log'), { container, follow, previous, tailLines, timestamps });
  const doing = `read the log of ${container} in Pod ${namespace}/${pod}`;
  try {
    // A kubelet sends nothing at all, not even headers, before the first line of a log that is followed.
    const { response, failed } = await rest.stream({ method: 'GET', path, doing, patient: follow ?? false }, task);
    try {
      await readLines(response, maxLineBytes, onLine);
    } catch (error) {
      throw failed(error);
    }
  } catch (error) {
    if (!follow || !task?.signal?.aborted) throw error;
  }
}
