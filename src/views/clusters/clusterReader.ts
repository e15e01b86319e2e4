import type { ClusterConnection, ListQuery } from '../../cluster/clusterConnection.ts';
import type { LiveList, RowOf } from '../../cluster/objects/liveList.ts';
import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';
import type { ServiceSummary } from '../../kserve/serviceSummary.ts';
import { persistentVolumeClaims, pods } from '../../kserve/resources/core.ts';
import { inferenceServices } from '../../kserve/resources/inferenceService.ts';
import { clusterServingRuntimes, servingRuntimes } from '../../kserve/resources/servingRuntime.ts';
import type { Clusters } from '../../targets/kserve/clusters.ts';
import { claimRow, type ClaimRow } from './claimNodes.ts';
import { podDetail, type PodDetail } from './podNodes.ts';
import { runtimeRow, type RuntimeRow } from './runtimeNodes.ts';

export interface Place {
  readonly contextName: string;
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
}

/** The lists that the trees show. Opening one connects to the cluster. */
export interface ClusterReader {
  readonly services: (place: Place) => Promise<LiveList<ServiceSummary>>;
  /** Those of one InferenceService. */
  readonly pods: (place: Place, service: string) => Promise<LiveList<PodDetail>>;
  /** Those of all InferenceServices that have not ended: KServe calls a service ready while its pods cannot start or crash. */
  readonly servicePods: (place: Place) => Promise<LiveList<PodDetail>>;
  readonly runtimes: (place: Place) => Promise<LiveList<RuntimeRow>>;
  readonly clusterRuntimes: (place: Place) => Promise<LiveList<RuntimeRow>>;
  readonly claims: (place: Place) => Promise<LiveList<ClaimRow>>;
}

/** @param clusters made at the first question; the engines are loaded then too */
export function clusterReader(clusters: () => Promise<Pick<Clusters, 'connect'>>): ClusterReader {
  async function open<T extends KubeObject, Row>(
    { contextName, namespace }: Place,
    type: ResourceType<T>,
    row: RowOf<T, Row>,
    query: ListQuery<T> = {},
  ): Promise<LiveList<Row>> {
    const { openLiveList } = await import('../../cluster/index.ts');
    const connection: ClusterConnection = await (await clusters()).connect(contextName);
    return openLiveList(connection, type, { ...query, namespace }, row);
  }
  return {
    services: async (place) => {
      const { serviceSummary } = await import('../../kserve/index.ts');
      return open(place, inferenceServices, serviceSummary);
    },
    pods: async (place, service) => {
      const { podRow, kserveLabels } = await import('../../kserve/index.ts');
      const labelSelector = `${kserveLabels.inferenceService}=${service}`;
      return open(place, pods, (pod) => podDetail(pod, podRow(pod)), { labelSelector });
    },
    servicePods: async (place) => {
      const { podRow, kserveLabels } = await import('../../kserve/index.ts');
      const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
      const query = { labelSelector: kserveLabels.inferenceService, fieldSelector };
      return open(place, pods, (pod) => podDetail(pod, podRow(pod)), query);
    },
    runtimes: (place) => open(place, servingRuntimes, runtimeRow),
    clusterRuntimes: (place) => open(place, clusterServingRuntimes, runtimeRow),
    claims: (place) => open(place, persistentVolumeClaims, claimRow),
  };
}
