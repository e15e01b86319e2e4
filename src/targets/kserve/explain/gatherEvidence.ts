import type { KubeObject, ResourceType } from '../../../cluster/objects/resource.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import {
  conditionOf,
  kserveLabels,
  parsePvcUri,
  predictorServiceName,
  storageUrisOf,
  withServedModel,
  wantsLogsOf,
  type DiagnosisEvidence,
  type LogTail,
} from '../../../kserve/index.ts';
import {
  deployments,
  namespaces,
  nodes,
  persistentVolumeClaims,
  replicaSets,
  resourceQuotas,
  type PersistentVolumeClaim,
  type Pod,
} from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { clusterServingRuntimes, servingRuntimes } from '../../../kserve/resources/servingRuntime.ts';
import { readContainerLog } from './containerLog.ts';
import { inPlace, type Place } from '../place.ts';
import type { DeploymentView } from '../serve/servingState.ts';

/** What is known beyond what is seen. */
export interface Circumstances {
  readonly modelDoesNotAnswer?: boolean;
  readonly serverSays?: string;
  readonly refusals?: readonly string[];
}

/**
 * Reads what a diagnosis needs, and no more: quotas only while there are no pods, nodes only for a pod that finds none,
 * logs only where they would tell. What cannot be read is left out.
 */
export async function gatherEvidence(
  place: Place,
  service: InferenceService,
  { pods, events }: Omit<DeploymentView, 'service'>,
  circumstances: Circumstances,
  task: Task,
): Promise<DiagnosisEvidence> {
  const { connection, namespace } = place;
  const { name } = service.metadata;
  const optional = async <T>(needed: boolean, read: () => Promise<T>): Promise<T | undefined> => {
    throwIfCancelled(task);
    return needed ? read().catch(() => undefined) : undefined;
  };
  const list = async <T extends KubeObject>(type: ResourceType<T>, labelSelector?: string): Promise<readonly T[]> => {
    const where = type.namespaced ? { namespace } : {};
    return (await connection.list(type, { ...where, ...(labelSelector !== undefined && { labelSelector }) }, task))
      .items;
  };
  const noPods = pods.length === 0;
  // A service whose old pods answer calls itself ready: only its Deployment tells that a new version is on its way.
  const isReady = conditionOf(service, 'Ready')?.status === 'True';
  const noNode = pods.some(({ spec }) => spec?.nodeName === undefined);
  const [claims, sets, deployment, quotas, allNodes, itself, namespaced, clusterWide] = await Promise.all([
    claimsOf(place, service, pods, task),
    optional(noPods || !isReady, () => list(replicaSets, `${kserveLabels.inferenceService}=${name}`)),
    optional(noPods || isReady, () => connection.get(deployments, inPlace(place, predictorServiceName(service)), task)),
    optional(noPods, () => list(resourceQuotas)),
    optional(noNode, () => list(nodes)),
    optional(noPods, () => connection.get(namespaces, { name: namespace }, task)),
    optional(noPods, () => list(servingRuntimes)),
    optional(noPods, () => list(clusterServingRuntimes)),
  ]);
  throwIfCancelled(task);
  const evidence: DiagnosisEvidence = {
    isvc: withServedModel(service),
    pods,
    events,
    claims,
    ...(sets && { replicaSets: sets }),
    ...(deployment && { deployment }),
    ...(quotas && { quotas }),
    ...(allNodes && { nodes: allNodes }),
    ...(itself && { namespace: itself }),
    ...(namespaced && { servingRuntimes: namespaced }),
    ...(clusterWide && { clusterServingRuntimes: clusterWide }),
    ...circumstances,
    now: Date.now(),
    context: connection.context.name,
  };
  return { ...evidence, logs: await readLogs(place, evidence, task) };
}

async function claimsOf(
  place: Place,
  service: InferenceService,
  pods: readonly Pod[],
  task: Task,
): Promise<readonly PersistentVolumeClaim[]> {
  const mounted = pods.flatMap(({ spec }) =>
    (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  );
  const wanted = storageUrisOf(service).flatMap((uri) => parsePvcUri(uri)?.claim || []);
  const names = new Set([...mounted, ...wanted]);
  const read = [...names].map((name) =>
    place.connection.get(persistentVolumeClaims, inPlace(place, name), task).catch(() => undefined),
  );
  return (await Promise.all(read)).filter((claim) => claim !== undefined);
}

async function readLogs(place: Place, evidence: DiagnosisEvidence, task: Task): Promise<readonly LogTail[]> {
  const tails = wantsLogsOf(evidence).map(async (request): Promise<LogTail | undefined> => {
    const { pod, container, previous } = request;
    const statuses = evidence.pods.find(({ metadata }) => metadata.name === pod)?.status?.containerStatuses ?? [];
    const isRunning = statuses.some(({ name, state }) => name === container && state?.running !== undefined);
    const text = await readContainerLog(place, { pod, container, previous }, isRunning && !previous, task);
    return text === undefined ? undefined : { ...request, text };
  });
  return (await Promise.all(tails)).filter((tail) => tail !== undefined);
}
