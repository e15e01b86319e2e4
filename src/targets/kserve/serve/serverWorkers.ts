import type { Task } from '../../../foundation/task.ts';
import type { Pod } from '../../../kserve/resources/core.ts';
import { serverNamed } from '../../../kserve/servers/index.ts';
import type { Workers } from '../../../kserve/servers/modelServer.ts';
import { readContainerLog } from '../explain/containerLog.ts';
import type { Place } from '../place.ts';

/**
 * Whether the process that computes has loaded the model, for servers whose word alone says nothing.
 *
 * @returns undefined for a server that can be believed, and when its log cannot be read
 */
export async function serverWorkers(place: Place, pod: Pod, task: Task): Promise<Workers | undefined> {
  const container = pod.spec?.containers.find(({ name }) => name === 'kserve-container');
  const server = serverNamed(container?.image ?? '');
  if (!container || !server?.workersIn || server.isBehindWrapper !== true) return undefined;
  const of = { pod: pod.metadata.name, container: container.name, previous: false };
  const log = await readContainerLog(place, of, true, task);
  return log === undefined ? undefined : server.workersIn(log);
}
