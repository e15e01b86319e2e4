import type { ServiceUrl } from '../../../../kserve/index.ts';
import { services, type Service } from '../../../../kserve/resources/core.ts';
import { backendNames, balancerAddresses, matchesHost, presentPorts, waysThrough, type Ports } from '../doors.ts';
import type { RouteReader } from '../routeReader.ts';
import {
  gateways,
  httpRoutes,
  type Gateway,
  type GatewayListener,
  type HttpRoute,
  type ParentRef,
} from '../routingKinds.ts';
import { noIngress, nothing, type Finding, type RouteFinder, type RouteQuestion } from '../way.ts';

/**
 * By the Gateway API, whoever implements it: the HTTPRoute of the service names its Gateway, whose status has the addresses.
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 */
export const gatewayApi: RouteFinder = {
  name: 'Gateway API',
  find: async (question) => {
    const { place, service, known, reader, config } = question;
    const routes = await reader.list(httpRoutes, { namespace: place.namespace });
    const own = backendNames(service);
    const host = 'url' in known ? known.url.host : undefined;
    const route =
      routes.find(({ spec }) => host !== undefined && spec?.hostnames?.some((rule) => matchesHost(rule, host))) ??
      routes.find((each) => leadsTo(each, own));
    if (route) return byRoute(route, question);
    const [namespace = '', name = ''] = config?.ingress.kserveGateway?.split('/') ?? [];
    if (config?.ingress.usesGatewayApi !== true || name === '' || !('url' in known)) return nothing;
    // HTTPRoutes may be closed to who may read the one Gateway.
    return byGateway({ namespace, name }, known.url, question);
  },
};

function leadsTo({ spec }: HttpRoute, own: ReadonlySet<string>): boolean {
  return (spec?.rules ?? []).some(({ backendRefs = [] }) => backendRefs.some(({ name = '' }) => own.has(name)));
}

async function byRoute(route: HttpRoute, question: RouteQuestion): Promise<Finding> {
  const { known, place } = question;
  const { name } = route.metadata;
  const hosts = route.spec?.hostnames ?? [];
  const usual = 'url' in known ? known.url : undefined;
  const isItsOwn = usual !== undefined && (hosts.length === 0 || hosts.some((rule) => matchesHost(rule, usual.host)));
  const [first] = hosts.filter((host) => !host.startsWith('*'));
  const url: ServiceUrl | undefined = isItsOwn
    ? usual
    : first === undefined
      ? undefined
      : { scheme: usual?.scheme ?? 'http', host: first, path: '' };
  if (url === undefined) return rejected(`The HTTPRoute ${name} names no host.`);
  const refs = (route.spec?.parentRefs ?? []).filter(({ kind = 'Gateway' }) => kind === 'Gateway');
  if (refs.length === 0) return rejected(`The HTTPRoute ${name} names no Gateway.`);
  const refusals = (route.status?.parents ?? []).map(({ parentRef, conditions = [] }) => ({
    gateway: parentRef?.name,
    refusal: conditions.find(({ type, status }) => type === 'Accepted' && status === 'False'),
  }));
  const accepted = refs.find((ref) => !refusals.some(({ gateway, refusal }) => gateway === ref.name && refusal));
  if (accepted === undefined) {
    const why = refusals.flatMap(({ refusal }) => refusal?.message ?? refusal?.reason ?? [])[0] ?? 'it says no reason';
    return rejected(`The Gateway does not accept the HTTPRoute ${name}: ${why.replace(/\.$/, '')}.`);
  }
  return byGateway({ namespace: place.namespace, ...accepted }, url, question);
}

async function byGateway(ref: ParentRef, url: ServiceUrl, question: RouteQuestion): Promise<Finding> {
  const { reader } = question;
  const { namespace = '', name } = ref;
  const gateway = await reader.get(gateways, { namespace, name });
  const service = await behind(gateway, { namespace, name }, reader);
  if (gateway === undefined && service === undefined) {
    return rejected(`The Gateway ${namespace}/${name} is not there, or you may not read it.`);
  }
  const listeners = (gateway?.spec?.listeners ?? []).filter((listener) => listens(listener, ref, url.host));
  const addresses = (gateway?.status?.addresses ?? []).map(({ value }) => value);
  const balanced = service ? balancerAddresses(service) : [];
  const door = {
    name: `Gateway ${namespace}/${name}`,
    addresses: addresses.length > 0 ? addresses : balanced,
    ports: gateway === undefined ? { http: 80, https: 443 } : portsOf(listeners),
    service,
  };
  if (gateway !== undefined && listeners.length === 0) {
    return rejected(`${door.name} has no listener for ${url.host}.`);
  }
  return waysThrough(door, url, question);
}

function listens({ name, hostname, port, protocol }: GatewayListener, ref: ParentRef, host: string): boolean {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return false;
  if (ref.sectionName !== undefined && ref.sectionName !== name) return false;
  if (ref.port !== undefined && ref.port !== port) return false;
  return hostname === undefined || matchesHost(hostname, host);
}

function portsOf(listeners: readonly GatewayListener[]): Ports {
  const portOf = (wanted: string): number | undefined => listeners.find(({ protocol }) => protocol === wanted)?.port;
  return presentPorts({ http: portOf('HTTP'), https: portOf('HTTPS') });
}

/**
 * The Service of a Gateway, for its node ports. Implementations label it as the standard says; Envoy Gateway has labels and a
 * namespace of its own, Cilium a name.
 *
 * @see https://gateway-api.sigs.k8s.io/geps/gep-1762/
 * @see https://gateway.envoyproxy.io/docs/tasks/operations/ (`owning-gateway-name`)
 */
async function behind(
  gateway: Gateway | undefined,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  reader: RouteReader,
): Promise<Service | undefined> {
  const standard = `gateway.networking.k8s.io/gateway-name=${name}`;
  const [labelled] = await reader.list(services, { namespace, labelSelector: standard });
  if (labelled) return labelled;
  const envoy = 'gateway.envoyproxy.io/owning-gateway';
  const labelSelector = `${envoy}-namespace=${namespace},${envoy}-name=${name}`;
  const [owned] = await reader.list(services, { labelSelector });
  if (owned) return owned;
  const className = gateway?.spec?.gatewayClassName;
  for (const usual of [`${name}-${className ?? 'istio'}`, `cilium-gateway-${name}`]) {
    const found = await reader.get(services, { namespace, name: usual });
    if (found) return found;
  }
  return undefined;
}

function rejected(reason: string): Finding {
  return { ...noIngress(reason), isCertain: true };
}
