import { services, type Service } from '../../../../kserve/resources/core.ts';
import { matchesHost, serviceDoor, waysThrough } from '../doors.ts';
import type { RouteReader } from '../routeReader.ts';
import { istioGateways, virtualServices } from '../routingKinds.ts';
import { noIngress, nothing, type RouteFinder } from '../way.ts';

/** By the VirtualService that KServe makes: it names Istio's Gateway, whose selector names the Service. */
export const istioGateway: RouteFinder = {
  name: 'Istio',
  find: async (question) => {
    const { place, service, known, reader, config } = question;
    if (!('url' in known)) return nothing;
    const { host } = known.url;
    const all = await reader.list(virtualServices, { namespace: place.namespace });
    const found = all.find(
      ({ metadata, spec }) =>
        spec?.hosts?.some((rule) => matchesHost(rule, host)) ?? metadata.name === service.metadata.name,
    );
    if (!found) return nothing;
    const named = found.spec?.gateways ?? [];
    const wanted = config?.ingress.istioGateway;
    // The others lead from one service of the cluster to another.
    const gateway =
      named.find((each) => each === wanted) ?? named.find((each) => each !== 'mesh' && !/local/.test(each));
    if (gateway === undefined) return nothing;
    const [namespace = place.namespace, name = gateway] = gateway.includes('/') ? gateway.split('/') : [];
    const behind = await gatewayService(reader, namespace, name);
    if (behind) return waysThrough(serviceDoor(behind), known.url, question);
    return noIngress(`The Service of Istio's Gateway ${gateway} was not found, or you may not read it.`);
  },
};

async function gatewayService(reader: RouteReader, namespace: string, name: string): Promise<Service | undefined> {
  const gateway = await reader.get(istioGateways, { namespace, name });
  const selector = Object.entries(gateway?.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length === 0) return undefined;
  const found = await reader.list(services, { labelSelector: selector.join(',') });
  return (
    found.find(({ spec }) => spec?.type === 'LoadBalancer') ?? found.find(({ spec }) => spec?.type !== 'ExternalName')
  );
}
