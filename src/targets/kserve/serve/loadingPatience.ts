import type { Task } from '../../../foundation/task.ts';
import type { Diagnosis } from '../../../kserve/index.ts';
import { configMaps, type KubeEvent } from '../../../kserve/resources/core.ts';
import type { Place } from '../place.ts';

/** How long a failure has to stand before waiting ends, in milliseconds. */
export const patienceMs = {
  usual: 900,
  /** A scheduler looks again when a claim is bound or a pod has gone. */
  scheduling: 1900,
  /** Kubelets try to mount again and again: some things are there a moment later. */
  mounting: 3000,
  /** Where an autoscaler brings nodes. */
  autoscaler: 5 * 60_000,
};

const mounting = /^(mount|multi-attach|secret-missing|config-map-missing|volume-path)/;
const scheduling = /^(insufficient|unschedulable|no-nodes|too-many-pods|volume|claim|no-provisioner)/;
const needsNode = /^(insufficient|unschedulable|no-nodes|too-many-pods)/;

/**
 * How long to wait for a failure to mend itself.
 * @param events those of the pods tell what an autoscaler is about to do
 */
export async function patienceFor(
  place: Place,
  { code }: Diagnosis,
  events: readonly KubeEvent[],
  task: Task,
): Promise<number> {
  if (needsNode.test(code)) {
    const latest = [...events]
      .reverse()
      .find(({ reason = '' }) => /TriggerScaleUp|TriggeredScaleUp|Nominated/.test(reason));
    if (latest?.reason === 'NotTriggerScaleUp') return patienceMs.scheduling;
    if (latest !== undefined || (await hasAutoscaler(place, task))) return patienceMs.autoscaler;
  }
  if (mounting.test(code)) return patienceMs.mounting;
  return scheduling.test(code) ? patienceMs.scheduling : patienceMs.usual;
}

/** The Cluster Autoscaler writes what it does into a ConfigMap that every user may read in most clusters. */
async function hasAutoscaler({ connection }: Place, task: Task): Promise<boolean> {
  const status = { namespace: 'kube-system', name: 'cluster-autoscaler-status' };
  return connection.get(configMaps, status, task).then(
    () => true,
    () => false,
  );
}
