import type { Task } from '../../../foundation/task.ts';
import {
  gatewayServiceSelector,
  ingressAddresses,
  ingressCandidates,
  ingressHost,
  type IngressAddress,
  type InferenceServiceConfig,
} from '../../../kserve/index.ts';
import { nodes, services, type Node, type Service } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { Route } from '../../target.ts';
import type { ServerAddress } from '../serve/askServer.ts';
import { readKServeConfig } from '../plan/clusterFacts.ts';
import type { Place } from '../place.ts';

/** A route, and how it is taken. */
export interface Way extends Route {
  /** Left out when it cannot be taken. */
  readonly open?: () => Promise<ServerAddress>;
}

const kinds = { 'load-balancer': 'ingress', 'node-port': 'node-port' } as const;

/**
 * The ways through the cluster's ingress: by its load balancer, and by a port of its nodes, with the Host header that
 * leads to the service.
 *
 * @param headers of the user's own: a token or cookie that the ingress wants
 */
export async function ingressWays(
  place: Place,
  service: InferenceService,
  headers: () => Promise<Readonly<Record<string, string>>>,
  task: Task,
): Promise<readonly Way[]> {
  const host = ingressHost(service);
  if (host === undefined) return unavailable('The service has no host name outside the cluster.');
  const config = await readKServeConfig(place, task);
  if (config?.ingress.isDisabled === true) return unavailable('The cluster makes no ingress for its services.');
  const found = await firstIngress(place, config, task);
  if (!found) return unavailable('No ingress Service was found, or you may not read it.');
  const allNodes = await readNodes(place, task);
  const addresses = ingressAddresses(found, allNodes);
  return (['load-balancer', 'node-port'] as const).map((kind) => {
    const address = addresses.find((each) => each.kind === kind);
    return address ? wayTo(address, host, headers) : missing(kind, found);
  });
}

function wayTo(
  { kind, baseUrl }: IngressAddress,
  host: string,
  headers: () => Promise<Readonly<Record<string, string>>>,
): Way {
  const what = kind === 'load-balancer' ? 'Ingress' : 'Node port of the ingress';
  return {
    kind: kinds[kind],
    label: `${what} ${new URL(baseUrl).host} (Host ${host})`,
    open: async () => ({ baseUrl, headers: { ...(await headers()), Host: host } }),
  };
}

function missing(kind: IngressAddress['kind'], { metadata, spec }: Service): Way {
  const { name } = metadata;
  const reason =
    kind === 'node-port'
      ? `The Service ${name} has no node port, or you may not read the nodes.`
      : spec?.type === 'LoadBalancer'
        ? `The load balancer of ${name} has no address yet (on Minikube, run minikube tunnel).`
        : `The Service ${name} is no load balancer.`;
  return {
    kind: kinds[kind],
    label: kind === 'node-port' ? 'Node port of the ingress' : 'Ingress',
    unavailable: reason,
  };
}

function unavailable(reason: string): readonly Way[] {
  return [{ kind: 'ingress', label: 'Ingress', unavailable: reason }];
}

async function firstIngress(
  { connection }: Place,
  config: InferenceServiceConfig | undefined,
  task: Task,
): Promise<Service | undefined> {
  const labelSelector = gatewayServiceSelector(config);
  const asked = [
    ...(labelSelector === undefined
      ? []
      : [connection.list(services, { labelSelector }, task).then(({ items }) => items.at(0))]),
    ...ingressCandidates(config).map((candidate) => connection.get(services, candidate, task)),
  ];
  const answers = await Promise.all(asked.map((answer) => answer.catch(() => undefined)));
  return answers.find((service) => service !== undefined);
}

async function readNodes({ connection }: Place, task: Task): Promise<readonly Node[]> {
  // Any node leads to the ingress: a few are enough to find one with an address.
  return connection.list(nodes, { pageSize: 50 }, task).then(
    ({ items }) => items,
    () => [],
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
