import type { Task } from '../../../foundation/task.ts';
import type { Pod } from '../../../kserve/resources/core.ts';
import { serverContainerName } from '../../../kserve/serverContainer.ts';
import { serverNamed } from '../../../kserve/servers/index.ts';
import type { Workers, WorkersQuestion } from '../../../kserve/servers/modelServer.ts';
import { readContainerLog } from '../explain/containerLog.ts';
import type { Place } from '../place.ts';
import { askServer } from './askServer.ts';

/** `unverified` where neither log nor server can be asked. */
export type SeenWorkers = Workers | 'unverified';

/**
 * Whether the process that computes has loaded the model, for servers whose word alone says nothing: by their log, else by
 * what they tell within the pod.
 *
 * @returns undefined for a server that can be believed
 */
export async function serverWorkers(
  place: Place,
  pod: Pod,
  modelName: string,
  task: Task,
): Promise<SeenWorkers | undefined> {
  const container = pod.spec?.containers.find(({ name }) => name === serverContainerName);
  const server = serverNamed(container?.image ?? '');
  if (!container || !server?.workersIn || server.isBehindWrapper !== true) return undefined;
  const of = { pod: pod.metadata.name, container: container.name, previous: false };
  const log = await readContainerLog(place, of, true, task);
  if (log !== undefined) return server.workersIn(log);
  return (server.workersAt && (await asked(place, pod, server.workersAt, modelName, task))) ?? 'unverified';
}

/** @returns undefined where there is no way to the port, or no answer */
async function asked(
  { connection, namespace }: Place,
  pod: Pod,
  { port, path, read }: WorkersQuestion,
  modelName: string,
  task: Task,
): Promise<Workers | undefined> {
  const target = { namespace, pod: () => Promise.resolve(pod.metadata.name), port };
  const forward = await connection.portForward(target, task);
  try {
    const answer = await askServer({ baseUrl: forward.url }, path(modelName), { signal: task.signal });
    return answer?.status === 200 ? read(JSON.parse(answer.body) as unknown) : undefined;
  } catch {
    return undefined;
  } finally {
    forward.close();
  }
}
