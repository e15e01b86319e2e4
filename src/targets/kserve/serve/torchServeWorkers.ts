import type { Task } from '../../../foundation/task.ts';
import type { Pod } from '../../../kserve/resources/core.ts';
import { readContainerLog } from '../explain/containerLog.ts';
import type { Place } from '../place.ts';

/** What TorchServe's log says of its workers; `unknown` when it says nothing of them. */
export type Workers = 'loaded' | 'loading' | 'failed' | 'unknown';

/** A worker that ended, or the whole of TorchServe behind a wrapper that goes on answering. */
const dead =
  /Backend worker process died|State change \S+ -> WORKER_(?:ERROR|STOPPED)|Torchserve stopped|Error while registering model|InvalidSnapshotException/g;

/**
 * Whether a worker of TorchServe has loaded the model. KServe's wrapper of TorchServe 0.9, the default runtime's, calls a
 * model ready as soon as its archive is there, so that its word alone says nothing.
 *
 * @returns undefined for another server, and when its log cannot be read
 */
export async function torchServeWorkers(place: Place, pod: Pod, task: Task): Promise<Workers | undefined> {
  const server = pod.spec?.containers.find(
    ({ name, image }) => name === 'kserve-container' && /torchserve/.test(image ?? ''),
  );
  if (!server) return undefined;
  const of = { pod: pod.metadata.name, container: server.name, previous: false };
  const log = await readContainerLog(place, of, true, task);
  return log === undefined ? undefined : workersIn(log);
}

export function workersIn(log: string): Workers {
  const last = (pattern: RegExp): number => [...log.matchAll(pattern)].at(-1)?.index ?? -1;
  const started = last(/State change \S+ -> WORKER_STARTED/g);
  const loaded = last(/State change \S+ -> WORKER_MODEL_LOADED/g);
  const died = last(dead);
  if (Math.max(started, loaded, died) < 0) return 'unknown';
  if (loaded > died) return 'loaded';
  return died > started ? 'failed' : 'loading';
}
