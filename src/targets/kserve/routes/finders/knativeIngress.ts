import { configMaps, services } from '../../../../kserve/resources/core.ts';
import { serviceDoor, serviceOfHost, waysThrough } from '../doors.ts';
import { knativeIngresses } from '../routingKinds.ts';
import { usualIngress } from '../usualIngresses.ts';
import { nothing, type RouteFinder } from '../way.ts';

/** Where Knative says which network layer it uses; several may be installed beside each other. */
const networkConfig = { namespace: 'knative-serving', name: 'config-network' } as const;

/** By Knative's own Ingress: its status names the Service of the network layer that serves it (Istio, Kourier, Contour). */
export const knativeIngress: RouteFinder = {
  name: 'Knative',
  find: async (question) => {
    const { place, service, known, reader } = question;
    if (!('url' in known)) return nothing;
    const { host } = known.url;
    const all = await reader.list(knativeIngresses, { namespace: place.namespace });
    const { name } = service.metadata;
    const names = ['predictor', 'transformer'].flatMap((part) => [`${name}-${part}`, `${name}-${part}-default`]);
    const own =
      all.find(({ spec }) => spec?.rules?.some(({ hosts = [] }) => hosts.includes(host))) ??
      all.find(({ metadata }) => names.includes(metadata.name));
    if (!own) return nothing;
    for (const { domainInternal } of own.status?.publicLoadBalancer?.ingress ?? []) {
      const behind = domainInternal === undefined ? undefined : serviceOfHost(domainInternal);
      const found = behind && (await reader.get(services, behind));
      if (found) return waysThrough(serviceDoor(found), known.url, question);
    }
    const settings = (await reader.get(configMaps, networkConfig))?.data ?? {};
    const className = settings['ingress-class'] ?? settings['ingress.class'];
    const usual = className === undefined ? undefined : await usualIngress(reader, className);
    return usual ? waysThrough(serviceDoor(usual), known.url, question) : nothing;
  },
};
