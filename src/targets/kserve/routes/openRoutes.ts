import type { PortForward } from '../../../cluster/index.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { OnceEach } from '../../../foundation/once.ts';
import type { Task } from '../../../foundation/task.ts';
import { canaryOf, inferencePort, isPodReady, podSelector } from '../../../kserve/index.ts';
import { pods, type Pod } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { RouteKind } from '../../target.ts';
import type { ServerAddress } from '../serve/askServer.ts';
import type { Place } from '../place.ts';
import { openServiceProxy, type ProxiedObject } from './serviceProxy.ts';

/** What is open to a deployment on this computer, and has to be closed. */
type OpenRoute = Pick<PortForward, 'url' | 'close'>;

/** The forwards that are open; one for each deployment and kind of route. */
export class OpenRoutes {
  /** By the name of the deployment. */
  private readonly open = new Map<string, OnceEach<RouteKind, OpenRoute>>();

  constructor(private readonly place: Place) {}

  /** To a ready pod, looked for again at each connection, so that the address outlives the pod. */
  async portForward(service: InferenceService, task: Task): Promise<ServerAddress> {
    const port = inferencePort(await this.readyPod(service, task), service);
    const { connection, namespace } = this.place;
    const pod = async (): Promise<string> => (await this.readyPod(service, {})).metadata.name;
    return this.once(service.metadata.name, 'port-forward', () => connection.portForward({ namespace, pod, port }));
  }

  /** Through the API server to the Service. */
  serviceProxy(name: string, service: ProxiedObject): Promise<ServerAddress> {
    return this.once(name, 'api-proxy', () => openServiceProxy(this.place.connection, service));
  }

  close(name: string): void {
    const routes = this.open.get(name);
    this.open.delete(name);
    for (const kind of routes?.keys() ?? []) {
      void routes
        ?.known(kind)
        ?.then((opened) => opened.close())
        .catch(() => undefined);
    }
  }

  closeAll(): void {
    for (const name of [...this.open.keys()]) this.close(name);
  }

  /** The newest ready pod that answers requests: the transformer's where there is one, else the stable predictor's. */
  async readyPod(service: InferenceService, task: Task): Promise<Pod> {
    const { connection, namespace } = this.place;
    const { name } = service.metadata;
    const { items } = await connection.list(pods, { namespace, labelSelector: podSelector(service) }, task);
    const [pod] = items
      .filter((each) => isPodReady(each) && canaryOf(service, each) === undefined)
      .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
    if (pod) return pod;
    throw new ModelDeckError('unreachable', `${name} in ${this.place.namespace} has no ready pod.`, {
      remedy: 'Wait until it is ready, or start it if it was stopped or scaled to zero.',
      nextStep: { kind: 'retry' },
    });
  }

  private async once(name: string, kind: RouteKind, make: () => Promise<OpenRoute>): Promise<ServerAddress> {
    const routes = this.open.get(name) ?? new OnceEach<RouteKind, OpenRoute>();
    this.open.set(name, routes);
    return { baseUrl: (await routes.get(kind, make)).url };
  }
}
