import { kserveLabels } from './annotations.ts';
import type { InferenceServiceConfig } from './inferenceServiceConfig.ts';
import type { ServiceComponent } from './pods.ts';
import type { Node, Pod, Service } from './resources/core.ts';
import type { Component, InferenceService } from './resources/inferenceService.ts';

/** The component that answers requests from outside: a transformer stands before the predictor. */
export function frontComponent({ spec }: InferenceService): ServiceComponent {
  return spec.transformer === undefined ? 'predictor' : 'transformer';
}

/** Label selector of the pods that a port forward may go to. */
export function podSelector(service: InferenceService): string {
  return `${kserveLabels.inferenceService}=${service.metadata.name},${kserveLabels.component}=${frontComponent(service)}`;
}

/**
 * The container port that KServe's Service leads to: the first port of the transformer container (when it is in the same
 * pod), else of the server's container, else 8080; the agent's port when a logger or batcher is in between.
 *
 * @see KServe v0.20 `createDefaultSvc` in `reconcilers/service/service_reconciler.go`
 */
export function inferencePort({ spec }: Pod): number {
  const containers = spec?.containers ?? [];
  const named = (name: string): (typeof containers)[number] | undefined =>
    containers.find((each) => each.name === name);
  if (named('agent') !== undefined) return 9081;
  const server = named('transformer-container') ?? named('kserve-container') ?? containers[0];
  const ports = server?.ports ?? [];
  // A name tells what a port speaks (`isGrpcPort`): we ask by HTTP.
  return (ports.find(({ name = '' }) => !/grpc|h2c/.test(name)) ?? ports[0])?.containerPort ?? 8080;
}

/** Name of the Kubernetes Service of Standard mode that requests go to. */
export function serviceNameOf(service: InferenceService): string {
  const { name } = service.metadata;
  if (frontComponent(service) === 'transformer') return `${name}-transformer`;
  const variant = service.spec.predictor['name'];
  return typeof variant === 'string' && variant !== '' ? `${name}-${variant}-predictor` : `${name}-predictor`;
}

/** Path at the API server that hands requests on to the Service, without a slash at its end. KServe's Services listen at 80. */
export function apiProxyPath(service: InferenceService, port = 80): string {
  const { namespace = '' } = service.metadata;
  return `/api/v1/namespaces/${namespace}/services/${serviceNameOf(service)}:${port}/proxy`;
}

/**
 * What the `Host` header has to be at the ingress; undefined when the service has no URL, or says that there is no way
 * from outside. A URL does not mean that an ingress exists: KServe writes it also when it makes none.
 */
export function ingressHost({ metadata, status }: InferenceService): string | undefined {
  if (metadata.labels?.[kserveLabels.visibility] === 'cluster-local') return undefined;
  const host = hostOf(status?.url);
  return host === undefined || host.endsWith('.svc.cluster.local') ? undefined : host;
}

function hostOf(url: string | undefined): string | undefined {
  try {
    return new URL(url ?? '').hostname;
  } catch {
    return undefined;
  }
}

/** A Service that may be the ingress, and the names of the port that takes plain HTTP. */
export interface IngressCandidate {
  readonly namespace: string;
  readonly name: string;
}

const usualIngresses: readonly (IngressCandidate & { readonly classes: readonly string[] })[] = [
  { namespace: 'istio-system', name: 'istio-ingressgateway', classes: ['istio'] },
  { namespace: 'istio-ingress', name: 'istio-ingressgateway', classes: ['istio'] },
  { namespace: 'kourier-system', name: 'kourier', classes: ['kourier'] },
  { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', classes: ['nginx'] },
  { namespace: 'projectcontour', name: 'envoy', classes: ['contour'] },
  { namespace: 'kube-system', name: 'traefik', classes: ['traefik'] },
  { namespace: 'traefik', name: 'traefik', classes: ['traefik'] },
];

/** Where an ingress may be, the most likely first. Which of them exist has to be asked. */
export function ingressCandidates(config?: InferenceServiceConfig): readonly IngressCandidate[] {
  const { className } = config?.ingress ?? {};
  const gateway = kserveGateway(config);
  // Istio names the Service of a Gateway so.
  const ofGateway = gateway ? [{ namespace: gateway.namespace, name: `${gateway.name}-istio` }] : [];
  const ranked = [...usualIngresses].sort(
    (a, b) => Number(b.classes.includes(className ?? '')) - Number(a.classes.includes(className ?? '')),
  );
  return [...ofGateway, ...ranked.map(({ namespace: where, name }) => ({ namespace: where, name }))];
}

/**
 * Selects the Service of KServe's Gateway where it lies in another namespace under a name that cannot be known, as Envoy Gateway has it.
 * @see https://gateway.envoyproxy.io/docs/tasks/operations/ (`owning-gateway-name`)
 */
export function gatewayServiceSelector(config?: InferenceServiceConfig): string | undefined {
  const gateway = kserveGateway(config);
  if (!gateway) return undefined;
  const prefix = 'gateway.envoyproxy.io/owning-gateway';
  return `${prefix}-namespace=${gateway.namespace},${prefix}-name=${gateway.name}`;
}

function kserveGateway(config: InferenceServiceConfig | undefined): IngressCandidate | undefined {
  const { usesGatewayApi = false, kserveGateway: path = '' } = config?.ingress ?? {};
  const [namespace = '', name = ''] = path.split('/');
  return usesGatewayApi && name !== '' ? { namespace, name } : undefined;
}

export interface IngressAddress {
  readonly kind: 'load-balancer' | 'node-port';
  /** Without a slash at its end. */
  readonly baseUrl: string;
}

/** Under which addresses an ingress Service answers by HTTP: of its load balancer, then of its node port on each node. */
export function ingressAddresses({ spec, status }: Service, nodes: readonly Node[] = []): readonly IngressAddress[] {
  const ports = spec?.ports ?? [];
  const port =
    ports.find(({ name }) => ['http2', 'http', 'web'].includes(name ?? '')) ?? ports.find((each) => each.port === 80);
  if (port === undefined) return [];
  const balanced = (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
  const { nodePort } = port;
  return [
    ...balanced.map((host) => ({ kind: 'load-balancer' as const, baseUrl: httpUrl(host, port.port) })),
    ...(nodePort === undefined || nodePort === 0 ? [] : nodes.flatMap(nodeHost)).map((host) => ({
      kind: 'node-port' as const,
      baseUrl: httpUrl(host, nodePort ?? 0),
    })),
  ];
}

/** A node's address as it is seen from outside, else the one inside, which a local cluster's is too. */
function nodeHost({ status }: Node): readonly string[] {
  const addresses = status?.addresses ?? [];
  const found = ['ExternalIP', 'InternalIP'].map((type) => addresses.find((each) => each.type === type)?.address);
  return found.flatMap((address) => address ?? []).slice(0, 1);
}

function httpUrl(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? `http://${name}` : `http://${name}:${port}`;
}

/**
 * The name under which the model probably answers; a server that lists its models knows better. For TorchServe it is the
 * name in the snapshot of config.properties, which our package made (`known`), not that of the InferenceService.
 *
 * @see KServe v0.20 `GetModelName` in `inferenceservice/utils/utils.go`
 */
export function expectedModelName({ metadata, spec }: InferenceService, known?: string): string {
  if (known !== undefined && known !== '') return known;
  const { model } = spec.predictor;
  const candidates = [
    argumentOf(spec.transformer),
    environmentOf(model?.['env'], 'MLSERVER_MODEL_NAME'),
    argument(model?.args),
    argumentOf(spec.predictor),
  ];
  return candidates.find((name) => name !== undefined && name !== '') ?? metadata.name;
}

function argumentOf(component: Component | undefined): string | undefined {
  return argument(component?.containers?.[0]?.args);
}

/** `--model_name=x`, or `--model_name` and `x`. */
function argument(args: readonly string[] = []): string | undefined {
  const at = args.findIndex((text) => text.startsWith('--model_name'));
  if (at === -1) return undefined;
  const next = args[at + 1];
  return next !== undefined && !next.startsWith('--') && !(args[at] ?? '').includes('=')
    ? next
    : args[at]?.split('=')[1];
}

function environmentOf(env: unknown, wanted: string): string | undefined {
  const list = Array.isArray(env) ? (env as { name?: unknown; value?: unknown }[]) : [];
  const value = list.find(({ name }) => name === wanted)?.value;
  return typeof value === 'string' ? value : undefined;
}
