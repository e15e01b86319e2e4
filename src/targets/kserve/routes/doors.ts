import { isInsideCluster, serviceNamesOf, speaksHttp, type ServiceUrl } from '../../../kserve/index.ts';
import { nodes, type Node, type Service } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { Ingress } from './routingKinds.ts';
import type { Finding, RouteQuestion, Way } from './way.ts';

/** Where requests for many host names enter a cluster: which one is meant is told by the Host header. */
export interface Door {
  /** For the reader, for example `Gateway kserve/front`. */
  readonly name: string;
  /** Host names and addresses of its load balancer. */
  readonly addresses: readonly string[];
  /** The ports at these addresses. */
  readonly ports: Ports;
  /** The Service behind it, whose node ports lead there too. */
  readonly service?: Service | undefined;
}

/** One that is left out is not there. */
export interface Ports {
  readonly http?: number;
  readonly https?: number;
}

/**
 * The ways through a door to one service: by its load balancer, and by a port of the nodes.
 *
 * @param url by which the door knows the service
 */
export async function waysThrough(door: Door, url: ServiceUrl, question: RouteQuestion): Promise<Finding> {
  const balanced = throughAddress(door, url, question);
  const node = await throughNode(door, url, question);
  return { ways: [balanced, node], isCertain: true };
}

function throughAddress(door: Door, url: ServiceUrl, question: RouteQuestion): Way {
  const label = 'Ingress';
  const address = door.addresses.find((each) => !isInsideCluster(each));
  if (address === undefined) return { kind: 'ingress', label, unavailable: noAddress(door) };
  const base = baseUrl(address, door.ports, url);
  if (base === undefined) return { kind: 'ingress', label, unavailable: `${door.name} has no port of HTTP.` };
  return { kind: 'ingress', ...taken(label, base, url, question) };
}

async function throughNode(door: Door, url: ServiceUrl, question: RouteQuestion): Promise<Way> {
  const label = 'Node port of the ingress';
  const { service } = door;
  const ports = service && nodePorts(service, door.ports);
  const host = (await question.reader.list(nodes, { pageSize: 50 })).flatMap(nodeHost).at(0);
  const base = host === undefined || ports === undefined ? undefined : baseUrl(host, ports, url);
  if (base !== undefined) return { kind: 'node-port', ...taken(label, base, url, question) };
  const name = service?.metadata.name;
  const unavailable =
    name === undefined
      ? `The Service behind ${door.name} was not found, or you may not read it.`
      : `The Service ${name} has no node port, or you may not read the nodes.`;
  return { kind: 'node-port', label, unavailable };
}

function taken(
  what: string,
  base: string,
  { host, path }: ServiceUrl,
  { credentials }: RouteQuestion,
): Pick<Way, 'label' | 'open'> {
  return {
    label: `${what} ${new URL(base).host} (Host ${host})`,
    open: async () => {
      const { headers, freshUntil } = await credentials();
      return { baseUrl: base + path, headers: { ...headers, Host: host }, freshUntil };
    },
  };
}

function noAddress({ name, addresses, service }: Door): string {
  if (addresses.length > 0) return `${name} has addresses inside the cluster only (${addresses.join(', ')}).`;
  const { spec, metadata } = service ?? {};
  if (metadata && spec?.type !== 'LoadBalancer') return `The Service ${metadata.name} is no load balancer.`;
  const waits = metadata ? `The load balancer of ${metadata.name}` : name;
  return `${waits} has no address yet (on Minikube, run minikube tunnel).`;
}

/** By the scheme of the service's own address where the door has a port for it, else by the one that it has. */
function baseUrl(host: string, { http, https }: Ports, { scheme }: ServiceUrl): string | undefined {
  const isSecure = https !== undefined && (scheme === 'https' || http === undefined);
  const port = isSecure ? https : http;
  if (port === undefined) return undefined;
  const isUsual = port === (isSecure ? 443 : 80);
  return `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}${isUsual ? '' : `:${port}`}`;
}

/** The door that a Service is by itself. */
export function serviceDoor(service: Service): Door {
  const { metadata } = service;
  return {
    name: `the Service ${metadata.namespace ?? ''}/${metadata.name}`,
    addresses: balancerAddresses(service),
    ports: portsOf(service, ({ port }) => port),
    service,
  };
}

/** Host names and addresses of the load balancer of a Service or an Ingress, as far as it has got one. */
export function balancerAddresses({ status }: Pick<Service | Ingress, 'status'>): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** The ports for plain HTTP and for TLS, by their names or by their usual numbers. */
function portsOf({ spec }: Service, number: (port: ServicePort) => number | undefined): Ports {
  const ports = spec?.ports ?? [];
  const find = (names: RegExp, usual: number): number | undefined => {
    const found = ports.find(({ name = '' }) => names.test(name)) ?? ports.find(({ port }) => port === usual);
    return found && number(found);
  };
  return presentPorts({
    http: find(/^(http2?|web|http-80|port-80)$/, 80),
    https: find(/^(https|websecure|tls|port-443)$/, 443),
  });
}

/** The ports of the nodes that lead to the given ports of the Service. */
function nodePorts(service: Service, { http, https }: Ports): Ports {
  const ports = service.spec?.ports ?? [];
  const ofPort = (wanted: number | undefined): number | undefined => {
    const nodePort = ports.find(({ port }) => port === wanted)?.nodePort;
    return nodePort === 0 ? undefined : nodePort;
  };
  return presentPorts({ http: ofPort(http), https: ofPort(https) });
}

/** The ports that are there. */
export function presentPorts({ http, https }: Record<keyof Ports, number | undefined>): Ports {
  return { ...(http !== undefined && { http }), ...(https !== undefined && { https }) };
}

/** A node's address as it is seen from outside, else the one inside, which a local cluster's is too. */
function nodeHost({ status }: Node): readonly string[] {
  const addresses = status?.addresses ?? [];
  const found = ['ExternalIP', 'InternalIP'].map((type) => addresses.find((each) => each.type === type)?.address);
  return found.flatMap((address) => address ?? []).slice(0, 1);
}

/** The port of a Service that is asked by HTTP. */
export function httpPort({ spec }: Service): ServicePort | undefined {
  const ports = spec?.ports ?? [];
  return ports.find(speaksHttp) ?? ports[0];
}

/** Names by which what leads to an InferenceService names where it leads: its Services, or itself in Knative mode. */
export function backendNames(service: InferenceService): ReadonlySet<string> {
  return new Set([...serviceNamesOf(service), service.metadata.name]);
}

/** A name of the kind `<service>.<namespace>.svc…` as the Service's own. */
export function serviceOfHost(host: string): { readonly namespace: string; readonly name: string } | undefined {
  const [name, namespace, svc] = host.split('.');
  return name !== undefined && namespace !== undefined && (svc === undefined || svc === 'svc')
    ? { namespace, name }
    : undefined;
}

/** Whether a host name is meant by one of a rule, which may begin with `*.`. */
export function matchesHost(rule: string, host: string): boolean {
  return rule === host || rule === '*' || (rule.startsWith('*.') && host.endsWith(rule.slice(1)));
}
