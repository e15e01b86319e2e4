import type { PortForward } from '../../cluster/clusterConnection.ts';
import { inferencePort } from '../../kserve/index.ts';
import type { Pod } from '../../kserve/resources/core.ts';
import { askModel, type ModelAnswer } from './modelReadiness.ts';
import type { Place } from './place.ts';

/** Asks pods about their model, each through a forward of its own that is kept while it is asked. */
export class ModelAsker {
  private open: { readonly pod: string; readonly forward: PortForward } | undefined;

  constructor(
    private readonly place: Place,
    private readonly model: { readonly modelName: string; readonly protocol: 'v1' | 'v2' },
  ) {}

  async ask(pod: Pod, signal: AbortSignal | undefined): Promise<ModelAnswer> {
    const { url } = await this.forwardTo(pod, signal);
    return askModel({ baseUrl: url, ...this.model }, signal);
  }

  close(): void {
    this.open?.forward.close();
    this.open = undefined;
  }

  private async forwardTo(pod: Pod, signal: AbortSignal | undefined): Promise<PortForward> {
    const { name } = pod.metadata;
    if (this.open?.pod === name) return this.open.forward;
    this.close();
    const { connection, namespace } = this.place;
    const target = { namespace, pod: () => Promise.resolve(name), port: inferencePort(pod) };
    const forward = await connection.portForward(target, { signal });
    this.open = { pod: name, forward };
    return forward;
  }
}
