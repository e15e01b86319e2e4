import type { Task } from '../../../foundation/task.ts';
import { inferenceServiceConfigMap, isScalingUp, type Diagnosis } from '../../../kserve/index.ts';
import { configMaps, deployments, type KubeEvent, type Pod } from '../../../kserve/resources/core.ts';
import type { Place } from '../place.ts';

/** How long a failure has to stand before waiting ends, in milliseconds. */
export const patienceMs = {
  usual: 900,
  /** A scheduler looks again when a claim is bound or a pod has gone. */
  scheduling: 1900,
  /** Kubelets try to mount again and again: some things are there a moment later. */
  mounting: 3000,
  /** A kubelet starts a container that failed again, after 10 s when it had failed before; what fails then counts sooner. */
  restart: 60_000,
  /** Where an autoscaler brings nodes. */
  autoscaler: 5 * 60_000,
  /** A controller that was started again looks at a thousand other services first. */
  controller: 10 * 60_000,
};

/**
 * How long to wait for a failure to pass by itself.
 * @param events those of the pods tell what an autoscaler is about to do
 * @param pods of the version that is waited for: the scheduler may have made room for one already
 */
export async function patienceFor(
  place: Place,
  { mayHeal }: Diagnosis,
  { events, pods }: { readonly events: readonly KubeEvent[]; readonly pods: readonly Pod[] },
  task: Task,
): Promise<number> {
  switch (mayHeal) {
    case false:
      return patienceMs.usual;
    case 'retry':
      return patienceMs.mounting;
    case 'restart':
      return patienceMs.restart;
    case 'controller':
      return (await isControllerOff(place, task)) ? patienceMs.mounting : patienceMs.controller;
    case 'scheduling':
    case 'nodes': {
      const isNominated = pods.some(
        ({ status, spec }) => spec?.nodeName === undefined && Boolean(status?.nominatedNodeName),
      );
      const comes = isNominated ? true : isScalingUp(events);
      if (comes === false) return patienceMs.scheduling;
      const hopes = comes ?? (mayHeal === 'nodes' && (await hasAutoscaler(place, task)));
      return hopes ? patienceMs.autoscaler : patienceMs.scheduling;
    }
  }
}

/** Whether KServe's controller was turned off. Where it is not found, or may not be looked at, it may be on its way. */
async function isControllerOff({ connection }: Place, task: Task): Promise<boolean> {
  const controller = { namespace: inferenceServiceConfigMap.namespace, name: 'kserve-controller-manager' };
  return connection.get(deployments, controller, task).then(
    ({ spec }) => spec?.replicas === 0,
    () => false,
  );
}

/** The Cluster Autoscaler writes what it does into a ConfigMap that every user may read in most clusters. */
async function hasAutoscaler({ connection }: Place, task: Task): Promise<boolean> {
  const status = { namespace: 'kube-system', name: 'cluster-autoscaler-status' };
  return connection.get(configMaps, status, task).then(
    () => true,
    () => false,
  );
}
