import type { PortForward } from '../../../cluster/index.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { inferencePort } from '../../../kserve/index.ts';
import type { Pod } from '../../../kserve/resources/core.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import { askModel, type ModelAnswer } from './modelReadiness.ts';
import type { Place } from '../place.ts';
import { openServiceProxy } from '../routes/serviceProxy.ts';

/** A way to one pod. */
interface OpenWay extends Pick<PortForward, 'url' | 'close'> {
  readonly pod: string;
  /** Why the forward cannot be had at all. */
  refusal?: ModelDeckError;
}

/**
 * Asks pods about their model, each by a way of its own that is kept while it is asked: a port forward, or the API
 * server's proxy for who may not forward ports.
 */
export class ModelAsker {
  private way: OpenWay | undefined;

  constructor(
    private readonly place: Place,
    private readonly service: InferenceService,
    private readonly model: { readonly modelName: string; readonly protocol: 'v1' | 'v2' },
  ) {}

  async ask(pod: Pod, signal: AbortSignal | undefined): Promise<ModelAnswer> {
    const { name } = pod.metadata;
    if (this.way?.pod !== name) this.take(await this.forwardTo(pod, signal));
    const way = this.way;
    const answer = await askModel({ baseUrl: way?.url ?? '', ...this.model }, signal);
    if (answer.kind !== 'silent' || !way?.refusal) return answer;
    this.place.log(`${name} is asked through the API server: ${way.refusal.message}`);
    this.take(await this.proxyTo(pod));
    return askModel({ baseUrl: this.way?.url ?? '', ...this.model }, signal);
  }

  close(): void {
    this.take(undefined);
  }

  private take(way: OpenWay | undefined): void {
    this.way?.close();
    this.way = way;
  }

  private async forwardTo(pod: Pod, signal: AbortSignal | undefined): Promise<OpenWay> {
    const { connection, namespace } = this.place;
    const { name } = pod.metadata;
    const onError = (error: unknown): void => {
      // A server that does not listen yet is none of these.
      const refused = ['forbidden', 'server', 'unsupported'] as const;
      if (ModelDeckError.is(error) && refused.some((each) => each === error.category)) way.refusal = error;
    };
    const target = { namespace, pod: () => Promise.resolve(name), port: inferencePort(pod, this.service), onError };
    const forward = await connection.portForward(target, { signal });
    const way: OpenWay = { pod: name, url: forward.url, close: () => forward.close() };
    return way;
  }

  private async proxyTo(pod: Pod): Promise<OpenWay> {
    const { connection, namespace } = this.place;
    const { name } = pod.metadata;
    const object = { kind: 'pods', namespace, name, port: inferencePort(pod, this.service) } as const;
    return { pod: name, ...(await openServiceProxy(connection, object)) };
  }
}
