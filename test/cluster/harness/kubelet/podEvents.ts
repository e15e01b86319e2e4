import { randomBytes } from 'node:crypto';
import type { ApiClient } from '../apiClient.ts';
import type { Pod } from '../kubeTypes.ts';
import { now } from './podStatus.ts';

export interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Which container it is about, as `spec.containers{name}`. */
  readonly fieldPath?: string;
}

/** Writes events about a pod as a kubelet does: the same one again counts up. */
export function podEvents(api: ApiClient, pod: Pod): (event: PodEvent) => Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/events`;
  const written = new Map<string, { readonly name: string; count: number }>();
  return async ({ type, reason, message, fieldPath }) => {
    const key = JSON.stringify([reason, message, fieldPath]);
    const before = written.get(key);
    const time = now();
    if (before) {
      before.count += 1;
      await api.patch(`${path}/${before.name}`, 'merge', { count: before.count, lastTimestamp: time }).catch(ignore);
      return;
    }
    const eventName = `${name}.${randomBytes(8).toString('hex')}`;
    written.set(key, { name: eventName, count: 1 });
    await api
      .post(path, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: eventName, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, ...(fieldPath ? { fieldPath } : {}) },
        type,
        reason,
        message,
        source: { component: 'kubelet', host: pod.spec.nodeName },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      })
      .catch(ignore);
  };
}

/** A kubelet does not fail over an event: its namespace may be on its way out. */
function ignore(): void {
  return;
}
