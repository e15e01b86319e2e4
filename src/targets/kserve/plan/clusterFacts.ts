import { isKindMissing } from '../../../cluster/index.ts';
import type { KubeObject } from '../../../cluster/objects/resource.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import {
  inferenceServiceConfigMap,
  parseDeploymentMode,
  parsePvcUri,
  readInferenceServiceConfig,
  type DeploymentMode,
  type InferenceServiceConfig,
} from '../../../kserve/index.ts';
import type { ListedRuntimes } from '../../../kserve/choices/otherRuntimes.ts';
import {
  configMaps,
  namespaces,
  persistentVolumeClaims,
  resourceQuotas,
  type PersistentVolumeClaim,
  type ResourceQuota,
} from '../../../kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { inPlace, type Place } from '../place.ts';
import { readNodes, type NodeFacts } from './readNodes.ts';
import { readable, readableItems, readRuntimes } from './readRuntimes.ts';

/** What a plan has to know of a cluster. What the user may not read is undefined. */
export interface ClusterFacts extends NodeFacts, ListedRuntimes {
  /** The InferenceService of that name, when there is one. */
  readonly live?: InferenceService | undefined;
  /** The claim that the model lies in; `missing` when there is none of that name. */
  readonly claim?: PersistentVolumeClaim | 'missing' | undefined;
  readonly quotas?: readonly ResourceQuota[] | undefined;
  readonly namespace?: KubeObject | undefined;
  readonly config?: InferenceServiceConfig | undefined;
}

/**
 * Reads it all at once.
 * @throws ModelDeckError `unsupported` for a cluster without KServe, `not-found` for a namespace that is not there; what
 *   reading the InferenceService throws
 */
export async function readClusterFacts(
  place: Place,
  name: string,
  storageUri: string | undefined,
  task: Task,
): Promise<ClusterFacts> {
  const [live, runtimes, claim, quotas, namespace, config, nodes] = await Promise.all([
    readLive(place, name, task),
    readRuntimes(place, task),
    readable(readClaim(place, storageUri, task)),
    readableItems(place, resourceQuotas, task),
    readable(readNamespace(place, task)),
    readKServeConfig(place, task),
    readNodes(place, task),
  ]);
  return { live, ...runtimes, claim, quotas, namespace, config, ...nodes };
}

/** @returns undefined when there is no InferenceService of that name */
export async function readLive(place: Place, name: string, task: Task): Promise<InferenceService | undefined> {
  try {
    return await place.connection.get(inferenceServices, inPlace(place, name), task);
  } catch (error) {
    if (isKindMissing(error)) throw withoutKServe(place, error);
    if (isCategory(error, 'not-found')) return undefined;
    throw error;
  }
}

/** @throws ModelDeckError `not-found` naming the object */
export async function readService(place: Place, name: string, task: Task): Promise<InferenceService> {
  const live = await readLive(place, name, task);
  if (live) return live;
  throw new ModelDeckError('not-found', `There is no InferenceService ${name} in ${place.namespace}.`, {
    remedy: 'Somebody deleted it. Refresh the Clusters view.',
  });
}

/** How a service runs and will run; undefined where KServe's settings are not known, or the service keeps another mode. */
export function deploymentMode(
  live: InferenceService | undefined,
  config: InferenceServiceConfig | undefined,
): DeploymentMode | undefined {
  const lived = parseDeploymentMode(live?.status?.deploymentMode);
  const mode = config?.defaultDeploymentMode;
  return lived === undefined || lived === mode ? mode : undefined;
}

/** KServe's own settings; undefined where the user may not read them. */
export async function readKServeConfig({ connection }: Place, task: Task): Promise<InferenceServiceConfig | undefined> {
  return connection.get(configMaps, inferenceServiceConfigMap, task).then(readInferenceServiceConfig, () => undefined);
}

export function isCategory(error: unknown, category: ModelDeckError['category']): boolean {
  return ModelDeckError.is(error) && error.category === category;
}

function withoutKServe({ connection }: Place, cause: unknown): ModelDeckError {
  const { name } = connection.context;
  return new ModelDeckError('unsupported', `The cluster of the context ${name} has no KServe.`, {
    remedy: 'Install KServe there, or choose another context.',
    cause,
  });
}

async function readClaim(
  place: Place,
  storageUri: string | undefined,
  task: Task,
): Promise<PersistentVolumeClaim | 'missing' | undefined> {
  const claim = storageUri === undefined ? undefined : parsePvcUri(storageUri)?.claim;
  if (claim === undefined || claim === '') return undefined;
  try {
    return await place.connection.get(persistentVolumeClaims, inPlace(place, claim), task);
  } catch (error) {
    if (isCategory(error, 'not-found')) return 'missing';
    throw error;
  }
}

async function readNamespace(place: Place, task: Task): Promise<KubeObject> {
  const { connection, namespace } = place;
  try {
    return await connection.get(namespaces, { name: namespace }, task);
  } catch (error) {
    if (!isCategory(error, 'not-found')) throw error;
    throw new ModelDeckError('not-found', `There is no namespace ${namespace} on ${connection.context.name}.`, {
      remedy: `Make it with \`kubectl create namespace ${namespace}\`, or choose another one.`,
      cause: error,
    });
  }
}
