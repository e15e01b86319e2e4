import type { ResourceType } from '../../../../../src/cluster/objects/resource.ts';
import { nodes, services, type Container, type Pod, type Service } from '../../../../../src/kserve/resources/core.ts';
import type { InferenceService, InferenceServiceStatus } from '../../../../../src/kserve/resources/inferenceService.ts';
import {
  gateways,
  httpRoutes,
  ingresses,
  knativeIngresses,
  openShiftRoutes,
  virtualServices,
  type Gateway,
  type HttpRoute,
  type Ingress,
} from '../../../../../src/targets/kserve/routes/routingKinds.ts';
import type { Placed, RoutedCluster } from '../routedCluster.ts';

/** A cluster, and by which routes the service `cats` in `ml` is reached there. A pattern stands for a reason. */
export interface RouteCase extends RoutedCluster {
  readonly what: string;
  readonly expect: Readonly<Record<string, string | RegExp | undefined>>;
}

export const host = 'cats-ml.acme.io';

export function cats(status: InferenceServiceStatus = {}, over: Partial<InferenceService> = {}): InferenceService {
  return {
    metadata: { name: 'cats', namespace: 'ml', ...over.metadata },
    spec: { predictor: { model: { modelFormat: { name: 'pytorch' } } }, ...over.spec },
    status: { url: `http://${host}`, ...status },
  };
}

export const at = (namespace: string, name: string, labels?: Readonly<Record<string, string>>) => ({
  metadata: { namespace, name, ...(labels && { labels }) },
});

type Port = NonNullable<NonNullable<Service['spec']>['ports']>[number];
export const both: readonly Port[] = [
  { name: 'http2', port: 80, nodePort: 31_080 },
  { name: 'https', port: 443, nodePort: 31_443 },
];

/** A Service that is a load balancer where it has addresses. */
export function balancer(
  namespace: string,
  name: string,
  {
    ports = both,
    ips = ['10.9.0.1'],
    labels,
    type = 'LoadBalancer',
  }: {
    readonly ports?: readonly Port[];
    readonly ips?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly type?: string;
  } = {},
): Placed {
  const service: Service = {
    ...at(namespace, name, labels),
    spec: { type, ports },
    status: { loadBalancer: { ingress: ips.map((ip) => (/^[\d.:a-f]+$/.test(ip) ? { ip } : { hostname: ip })) } },
  };
  return [services, service];
}

export const clusterService = (name: string, spec: NonNullable<Service['spec']>): Placed => [
  services,
  { ...at('ml', name), spec } as Service,
];

export const node: Placed = [
  nodes,
  { metadata: { name: 'one' }, status: { addresses: [{ type: 'InternalIP', address: '192.168.49.2' }] } } as Placed[1],
];

export function gateway(
  namespace: string,
  name: string,
  addresses: readonly string[],
  listeners: NonNullable<Gateway['spec']>['listeners'] = [{ name: 'http', port: 80, protocol: 'HTTP' }],
  gatewayClassName = 'any',
): Placed {
  const spec = { gatewayClassName, listeners };
  return [
    gateways,
    { ...at(namespace, name), spec, status: { addresses: addresses.map((value) => ({ value })) } } as Gateway,
  ];
}

export function httpRoute(over: Partial<NonNullable<HttpRoute['spec']>> = {}, status?: HttpRoute['status']): Placed {
  const parentRefs = [{ namespace: 'kserve', name: 'kserve-ingress-gateway' }];
  return [
    httpRoutes,
    { ...at('ml', 'cats'), spec: { hostnames: [host], parentRefs, ...over }, ...(status && { status }) } as HttpRoute,
  ];
}

export function ingress(
  over: Partial<NonNullable<Ingress['spec']>> = {},
  published: readonly string[] = ['10.7.0.1'],
  name = 'cats',
): Placed {
  const backend = { service: { name: 'cats-predictor' } };
  const spec = { rules: [{ host, http: { paths: [{ path: '/', backend }] } }], ...over };
  const status = { loadBalancer: { ingress: published.map((ip) => ({ ip })) } };
  return [ingresses, { ...at('ml', name), spec, status } as Ingress];
}

export const placed = (type: ResourceType, object: object): Placed => [type, object as Placed[1]];

export function pod(containers: readonly Container[], annotations?: Readonly<Record<string, string>>): Pod {
  return { metadata: { name: 'cats-1', namespace: 'ml', ...(annotations && { annotations }) }, spec: { containers } };
}

export const onePod = pod([{ name: 'kserve-container', ports: [{ containerPort: 8080 }] }]);
export const alias = (name: string): Placed =>
  clusterService(name, {
    type: 'ExternalName',
    externalName: 'knative-local-gateway.istio-system.svc.cluster.local',
    ports: [{ port: 80 }],
  });
export const kourier = balancer('kourier-system', 'kourier', { ips: ['10.9.0.7'] });
export const istio = balancer('istio-system', 'istio-ingressgateway', { labels: { istio: 'ingressgateway' } });
export const knativeOf = (domainInternal?: string): Placed =>
  placed(knativeIngresses, {
    ...at('ml', 'cats-predictor'),
    spec: { rules: [{ hosts: [host], visibility: 'ExternalIP' }] },
    status: { publicLoadBalancer: { ingress: domainInternal === undefined ? [] : [{ domainInternal }] } },
  });
export const openShift = (spec: object, over: object = {}): Placed =>
  placed(openShiftRoutes, {
    ...at('ml', 'cats'),
    spec: { host: 'cats-ml.apps.acme.io', to: { kind: 'Service', name: 'cats-predictor' }, ...spec },
    ...over,
  });
export const virtualService = (...named: readonly string[]): Placed =>
  placed(virtualServices, {
    ...at('ml', 'cats'),
    spec: { hosts: ['cats.ml.svc.cluster.local', host], gateways: named },
  });
