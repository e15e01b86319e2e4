import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Endpoint } from '../../../inference/endpoint.ts';
import { expectedModelName, isStopRequested, readProvenance, runtimeOf, serviceNameOf } from '../../../kserve/index.ts';
import { services } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { serverNamed } from '../../../kserve/servers/index.ts';
import type { ModelServer } from '../../../kserve/servers/modelServer.ts';
import type { Route, RouteKind } from '../../target.ts';
import type { ServerAddress } from '../serve/askServer.ts';
import { ingressWays, messageOf, type Way } from './ingressWays.ts';
import { listModels } from '../serve/modelReadiness.ts';
import { OpenRoutes } from './openRoutes.ts';
import { deploymentId, inPlace, type Place } from '../place.ts';

/** Headers of the user's own, for a deployment that is reached from outside the cluster. */
export type EndpointHeaders = (deploymentId: string) => Promise<Readonly<Record<string, string>>>;

/** Bytes of a request to a runtime of which no limit is known. */
const unlimitedBytes = 64 * 1024 * 1024;

/** The ways to the InferenceServices of a namespace. */
export class EndpointRoutes {
  private readonly opened: OpenRoutes;

  constructor(
    private readonly place: Place,
    private readonly endpointHeaders: EndpointHeaders = () => Promise.resolve({}),
  ) {
    this.opened = new OpenRoutes(place);
  }

  async routes(service: InferenceService, task: Task): Promise<readonly Route[]> {
    return (await this.ways(service, task)).map(({ kind, label, unavailable }) => ({
      kind,
      label,
      ...(unavailable !== undefined && { unavailable }),
    }));
  }

  async endpoint(
    service: InferenceService,
    kind: RouteKind | undefined,
    targetLabel: string,
    task: Task,
  ): Promise<Endpoint> {
    const { name } = service.metadata;
    const ways = await this.ways(service, task);
    const way = kind
      ? ways.find((each) => each.kind === kind)
      : ways.find(({ unavailable }) => unavailable === undefined);
    if (!way?.open || way.unavailable !== undefined) throw noWay(name, way ?? ways[0]);
    const address = await way.open();
    const protocol = service.spec.predictor.model?.protocolVersion === 'v2' ? 'v2' : 'v1';
    const modelName = await this.modelName(service, { ...address, protocol }, task);
    return {
      id: deploymentId(this.place, name),
      label: name,
      targetLabel,
      baseUrl: address.baseUrl,
      modelName,
      protocol,
      ...(address.headers && { headers: address.headers }),
      maxRequestBytes: serverOf(service)?.maxRequestBytes ?? unlimitedBytes,
      imageEncoding: 'rgb-jpeg',
    };
  }

  close(name: string): void {
    this.opened.close(name);
  }

  closeAll(): void {
    this.opened.closeAll();
  }

  private async ways(service: InferenceService, task: Task): Promise<readonly Way[]> {
    const stopped = isStopRequested(service) ? `${service.metadata.name} is stopped.` : undefined;
    const id = deploymentId(this.place, service.metadata.name);
    const ways = await Promise.all([
      this.forward(service, task),
      ingressWays(this.place, service, () => this.endpointHeaders(id), task),
      this.proxy(service, task),
    ]);
    return ways.flat().map((way) => (stopped === undefined ? way : { ...way, unavailable: stopped }));
  }

  private async forward(service: InferenceService, task: Task): Promise<Way> {
    try {
      const pod = await this.opened.readyPod(service, task);
      const label = `Port forward to ${pod.metadata.name}`;
      return { kind: 'port-forward', label, open: () => this.opened.portForward(service, task) };
    } catch (error) {
      return { kind: 'port-forward', label: 'Port forward to a pod', unavailable: messageOf(error) };
    }
  }

  private async proxy(service: InferenceService, task: Task): Promise<Way> {
    const { namespace, connection } = this.place;
    const name = serviceNameOf(service);
    const label = `API server's proxy to the Service ${name}`;
    try {
      const found = await connection.get(services, inPlace(this.place, name), task);
      const port = found.spec?.ports?.[0]?.port ?? 80;
      const open = (): Promise<ServerAddress> =>
        this.opened.serviceProxy(service.metadata.name, { kind: 'services', namespace, name, port });
      return { kind: 'api-proxy', label, open };
    } catch (error) {
      return { kind: 'api-proxy', label, unavailable: messageOf(error) };
    }
  }

  /** The server knows it best; else what we wrote when it was deployed; else it is called like the service. */
  private async modelName(
    service: InferenceService,
    server: ServerAddress & { readonly protocol: 'v1' | 'v2' },
    { signal }: Task,
  ): Promise<string> {
    const known = expectedModelName(service, readProvenance(service).modelName);
    const names = (await listModels(server, signal)) ?? [];
    const [first = known] = names;
    const { name } = service.metadata;
    return [known, name].find((each) => names.includes(each)) ?? first;
  }
}

/** By its runtime, or by the container that the service brings itself. */
function serverOf(service: InferenceService): ModelServer | undefined {
  const own = service.spec.predictor.containers?.[0]?.image;
  return serverNamed(runtimeOf(service) ?? own ?? '');
}

function noWay(name: string, way: Way | undefined): ModelDeckError {
  return new ModelDeckError(
    'unreachable',
    `${name} cannot be reached: ${way?.unavailable ?? 'there is no such route.'}`,
    {
      remedy: 'Choose another route, or wait until it is ready.',
      nextStep: { kind: 'retry' },
    },
  );
}
