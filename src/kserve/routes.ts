import { kserveLabels } from './annotations.ts';
import type { ServiceComponent } from './pods.ts';
import { predictorServiceName } from './predictors.ts';
import { serverContainerName } from './serverContainer.ts';
import type { Container, Pod } from './resources/core.ts';
import type { Component, InferenceService } from './resources/inferenceService.ts';

/** The component that answers requests from outside: a transformer stands before the predictor. */
export function frontComponent({ spec }: InferenceService): ServiceComponent {
  return spec.transformer === undefined ? 'predictor' : 'transformer';
}

/** Label selector of the pods that a port forward may go to. */
export function podSelector(service: InferenceService): string {
  return `${kserveLabels.inferenceService}=${service.metadata.name},${kserveLabels.component}=${frontComponent(service)}`;
}

/** Where KServe's logger and batcher listen, in front of the server. */
const agentPort = 9081;

/**
 * The container port that KServe's Service leads to: the first HTTP port of the transformer's container (when it is in the
 * same pod), else of the server's, else 8080; the agent's port when a logger or batcher is in between. Sidecars that a mesh,
 * Knative or a vault put into the pod are never asked, wherever in the list they stand.
 *
 * @param service tells how its containers are called, when the server has another name than KServe gives it
 * @see KServe v0.20 `createDefaultSvc` in `reconcilers/service/service_reconciler.go`
 */
export function inferencePort({ spec, metadata }: Pod, service?: InferenceService): number {
  const containers = spec?.containers ?? [];
  const named = (name: string): Container | undefined => containers.find((each) => each.name === name);
  if (named('agent') !== undefined) return agentPort;
  const own = service && ownContainers(service).map(named).find(Boolean);
  const asked = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const server =
    named('transformer-container') ??
    named(serverContainerName) ??
    own ??
    (asked === undefined ? undefined : named(asked)) ??
    containers[0];
  const ports = server?.ports ?? [];
  return (ports.find(speaksHttp) ?? ports[0])?.containerPort ?? 8080;
}

/** A name tells what a port speaks (KServe's `isGrpcPort`): we ask by HTTP. */
export function speaksHttp({ name = '' }: { readonly name?: string }): boolean {
  return !/grpc|h2c/.test(name);
}

/** Names of the containers that the service brings itself, in whichever component the pod is of. */
function ownContainers({ spec }: InferenceService): readonly string[] {
  const components: readonly (Component | null | undefined)[] = [spec.transformer, spec.predictor];
  return components.flatMap((component) => component?.containers ?? []).map(({ name }) => name);
}

/**
 * Names that the Kubernetes Service may have which requests go to, the likeliest first: the one that the status names, that of
 * KServe's Standard mode, and that of KServe up to 0.10.
 */
export function serviceNamesOf(service: InferenceService): readonly string[] {
  const { name, namespace } = service.metadata;
  const component = frontComponent(service);
  const { status } = service;
  const told = [status?.address?.url, status?.components?.[component]?.address?.url].flatMap((url) => {
    const [first, second, third] = hostOf(url)?.split('.') ?? [];
    // The status may still be that of a service without a transformer.
    const isOfComponent = new RegExp(`-${component}(-default)?$`).test(first ?? '');
    return first !== undefined && isOfComponent && second === namespace && third === 'svc' ? [first] : [];
  });
  const standard = component === 'predictor' ? predictorServiceName(service) : `${name}-${component}`;
  return [...new Set([...told, standard, `${name}-${component}-default`])];
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
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
