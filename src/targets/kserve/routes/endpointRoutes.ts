import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Endpoint } from '../../../inference/endpoint.ts';
import { expectedModelName, isStopRequested, readProvenance, runtimeOf, serviceUrl } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { serverNamed } from '../../../kserve/servers/index.ts';
import type { ModelServer } from '../../../kserve/servers/modelServer.ts';
import type { Route, RouteKind } from '../../target.ts';
import type { ServerAddress } from '../serve/askServer.ts';
import { readKServeConfig } from '../plan/clusterFacts.ts';
import { lookForRoutes, reportText } from './lookForRoutes.ts';
import { listModels } from '../serve/modelReadiness.ts';
import { OpenRoutes } from './openRoutes.ts';
import { deploymentId, type Place } from '../place.ts';
import { resolves } from './resolves.ts';
import { RouteReader } from './routeReader.ts';
import type { ServiceAccountTokens } from './serviceAccountTokens.ts';
import type { EndpointCredentials, RouteQuestion, Way } from './way.ts';

/** What the user has set to sign in to a deployment that is reached from outside the cluster. */
export type EndpointSignIn = (deploymentId: string) => Promise<{
  /** A token, a cookie. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of a ServiceAccount of the namespace, whose tokens are sent. */
  readonly serviceAccount?: string;
}>;

/** Bytes of a request to a runtime of which no limit is known. */
const unlimitedBytes = 64 * 1024 * 1024;

/** The ways to the InferenceServices of a namespace. */
export class EndpointRoutes {
  private readonly opened: OpenRoutes;

  constructor(
    private readonly place: Place,
    private readonly tokens: ServiceAccountTokens,
    private readonly signIn: EndpointSignIn = () => Promise.resolve({}),
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
      ...(address.freshUntil !== undefined && { freshUntil: address.freshUntil }),
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
    const { place, opened } = this;
    const { name } = service.metadata;
    const config = await readKServeConfig(place, task);
    const question: RouteQuestion = {
      ...{ place, service, opened, config, task, resolves },
      known: serviceUrl(service, config),
      reader: RouteReader.open(place.connection, task),
      credentials: () => this.credentials(name, task),
    };
    const ways = await lookForRoutes(question, (report) => place.log(`Routes to ${name}: ${reportText(report)}`));
    const stopped = isStopRequested(service) ? `${name} is stopped.` : undefined;
    return ways.map((way) => (stopped === undefined ? way : { ...way, unavailable: stopped }));
  }

  private async credentials(name: string, task: Task): Promise<EndpointCredentials> {
    const { headers = {}, serviceAccount } = await this.signIn(deploymentId(this.place, name));
    if (serviceAccount === undefined) return { headers };
    const { token, freshUntil } = await this.tokens.of(serviceAccount, task);
    return { headers: { ...headers, Authorization: `Bearer ${token}` }, freshUntil };
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
