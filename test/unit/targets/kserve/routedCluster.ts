import type { ClusterConnection } from '../../../../src/cluster/clusterConnection.ts';
import type { KubeObject, ResourceType } from '../../../../src/cluster/objects/resource.ts';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { readInferenceServiceConfig, serviceUrl } from '../../../../src/kserve/index.ts';
import type { Pod } from '../../../../src/kserve/resources/core.ts';
import type { InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { lookForRoutes, type FinderReport } from '../../../../src/targets/kserve/routes/lookForRoutes.ts';
import type { OpenRoutes } from '../../../../src/targets/kserve/routes/openRoutes.ts';
import { RouteReader } from '../../../../src/targets/kserve/routes/routeReader.ts';
import type { RouteFinder, RouteQuestion } from '../../../../src/targets/kserve/routes/way.ts';
import { isSelected, missing, missingKind, status } from '../../cluster/apiAnswers.ts';

/** An object of a cluster, with its kind. */
export type Placed = readonly [type: ResourceType, object: KubeObject];

/** What a cluster has, as far as routes are concerned. */
export interface RoutedCluster {
  readonly service: InferenceService;
  readonly objects?: readonly Placed[];
  /** The section `ingress` of KServe's settings; they cannot be read when it is left out. */
  readonly ingress?: object;
  /** The pod that answers. */
  readonly pod?: Pod;
  /** Plurals of kinds that the user may not read. */
  readonly forbidden?: readonly string[];
  /** Host names that this computer knows. */
  readonly names?: readonly string[];
  /** Why no request is answered. */
  readonly down?: ModelDeckError;
}

/** How a service can be reached: for each kind of route its address, or why there is none. */
export interface FoundRoutes {
  readonly routes: Readonly<Record<string, string>>;
  /** The Authorization header, by the kind of route. */
  readonly sent: Readonly<Record<string, string | undefined>>;
  readonly reports: readonly FinderReport[];
  /** Requests to the API server. */
  readonly asked: readonly string[];
}

export async function findRoutes(cluster: RoutedCluster, finders?: readonly RouteFinder[]): Promise<FoundRoutes> {
  const { service, ingress, names = [] } = cluster;
  const asked: string[] = [];
  const reports: FinderReport[] = [];
  const connection = connectionTo(cluster, asked);
  const data = ingress && { ingress: JSON.stringify(ingress) };
  const config = data && readInferenceServiceConfig({ metadata: { name: 'inferenceservice-config' }, data });
  const namespace = service.metadata.namespace ?? '';
  const question: RouteQuestion = {
    place: { connection, namespace, extensionVersion: '', log: () => undefined },
    service,
    config,
    known: serviceUrl(service, config),
    reader: RouteReader.open(connection, {}),
    opened: openedRoutes(cluster),
    credentials: () => Promise.resolve({ headers: { Authorization: 'Bearer mine' } }),
    resolves: (host) => Promise.resolve(names.includes(host)),
    task: {},
  };
  const ways = await lookForRoutes(question, (report) => reports.push(report), finders);
  const sent: Record<string, string | undefined> = {};
  const routes = await Promise.all(
    ways.map(async ({ kind, open, unavailable }): Promise<[string, string]> => {
      if (unavailable !== undefined || !open) return [kind, `no: ${unavailable ?? ''}`];
      const { baseUrl, headers } = await open();
      sent[kind] = headers?.['Authorization'];
      const host = headers?.['Host'];
      return [kind, host === undefined ? baseUrl : `${baseUrl} for ${host}`];
    }),
  );
  return { routes: Object.fromEntries(routes), sent, reports, asked };
}

function connectionTo({ objects = [], forbidden = [], down }: RoutedCluster, asked: string[]): ClusterConnection {
  const ofKind = async ({ group, plural }: ResourceType, doing: string): Promise<readonly KubeObject[]> => {
    await Promise.resolve();
    asked.push(`${doing} ${plural}`);
    if (down) throw down;
    if (forbidden.includes(plural)) throw status(403, `${plural} is forbidden`, {});
    const found = objects.filter(([type]) => type.group === group && type.plural === plural);
    if (group !== '' && group !== 'networking.k8s.io' && found.length === 0) throw missingKind();
    return found.map(([, object]) => object);
  };
  const answers: Pick<ClusterConnection, 'get' | 'list'> = {
    get: async (type, name) => {
      const found = (await ofKind(type, 'get')).find(
        ({ metadata }) => metadata.name === name.name && metadata.namespace === name.namespace,
      );
      if (found === undefined) throw missing(type, name);
      return found as never;
    },
    list: async (type, query) => {
      const items = (await ofKind(type, 'list')).filter((object) => isSelected(object, query));
      return { items: items as never, resourceVersion: '1' };
    },
  };
  return answers as ClusterConnection;
}

/** Nothing is opened: the address says what would be. */
function openedRoutes({ pod }: RoutedCluster): OpenRoutes {
  const routes: Pick<OpenRoutes, 'readyPod' | 'portForward' | 'serviceProxy'> = {
    readyPod: ({ metadata }) =>
      pod
        ? Promise.resolve(pod)
        : Promise.reject(new ModelDeckError('unreachable', `${metadata.name} has no ready pod.`)),
    portForward: () => Promise.resolve({ baseUrl: `pod ${pod?.metadata.name ?? ''}` }),
    serviceProxy: (_, { kind, name, port, isSecure }) =>
      Promise.resolve({ baseUrl: `${kind}/${isSecure === true ? 'https:' : ''}${name}:${port}` }),
  };
  return routes as OpenRoutes;
}
