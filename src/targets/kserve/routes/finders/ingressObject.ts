import type { ServiceUrl } from '../../../../kserve/index.ts';
import { backendNames, balancerAddresses, matchesHost, serviceDoor, waysThrough, type Door } from '../doors.ts';
import { ingresses, type Ingress } from '../routingKinds.ts';
import { usualIngress } from '../usualIngresses.ts';
import { nothing, type Finding, type RouteFinder, type RouteQuestion } from '../way.ts';

/** By the Ingress of the service, whichever controller serves it: controllers write their address into its status. */
export const ingressObject: RouteFinder = {
  name: 'Ingress',
  find: async (question) => {
    const { place, service, known, reader } = question;
    const all = await reader.list(ingresses, { namespace: place.namespace });
    const own = backendNames(service);
    const url = 'url' in known ? known.url : undefined;
    const byHost = url && all.find(({ spec }) => spec?.rules?.some(({ host }) => host && matchesHost(host, url.host)));
    if (byHost && url) return through(byHost, url, question);
    for (const ingress of all) {
      const led = ledBy(ingress, own, url);
      if (led) return through(ingress, led, question);
    }
    return nothing;
  },
};

/** The address under which an Ingress that somebody made leads to one of the Services of the InferenceService. */
function ledBy({ spec }: Ingress, own: ReadonlySet<string>, usual: ServiceUrl | undefined): ServiceUrl | undefined {
  for (const { host, http } of spec?.rules ?? []) {
    const path = http?.paths?.find(({ backend }) => own.has(backend?.service?.name ?? ''))?.path;
    if (path === undefined) continue;
    const scheme = usual?.scheme ?? 'http';
    // A pattern is rewritten in a way that the object does not tell in one form for all controllers: its fixed beginning counts.
    const fixed = /^[^(*?[\\]*/.exec(path)?.[0] ?? '';
    const name = host ?? usual?.host;
    if (name !== undefined) return { scheme, host: name, path: fixed.replace(/\/+$/, '') };
  }
  return undefined;
}

async function through(ingress: Ingress, url: ServiceUrl, question: RouteQuestion): Promise<Finding> {
  const { metadata, spec } = ingress;
  const className = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
  const controller = await usualIngress(question.reader, className);
  const published = balancerAddresses(ingress);
  const isSecure = (spec?.tls ?? []).some(({ hosts = [] }) => hosts.some((host) => matchesHost(host, url.host)));
  const scheme = isSecure ? 'https' : url.scheme;
  const served = controller && serviceDoor(controller);
  const name = `Ingress ${metadata.namespace ?? ''}/${metadata.name}`;
  const door: Door =
    published.length > 0
      ? { name, addresses: published, ports: served?.ports ?? { http: 80, https: 443 }, service: controller }
      : (served ?? { name, addresses: [], ports: {} });
  return waysThrough(door, { ...url, scheme }, question);
}
