import type { ClusterConnection, ExecPlugin } from '../../cluster/index.ts';
import type { Clusters } from './clusters.ts';
import type { KServeNamespace } from './kserveTarget.ts';
import { targetId } from './place.ts';

export interface ClustersOptions {
  /** Kubeconfig files, the first that defines a name wins; asked at the first question and after `reset`. */
  readonly files: () => Promise<readonly string[]>;
  /** For proxies, credential plugins, and the service account of a pod. */
  readonly environment: NodeJS.ProcessEnv;
  /** Asked before a credential plugin runs for the first time; it may run when this is left out. */
  readonly allowExecPlugin?: (plugin: ExecPlugin) => Promise<boolean>;
  /** Headers of the user's own for a deployment that is reached from outside the cluster: a token, a cookie. Never logged. */
  readonly endpointHeaders?: (deploymentId: string) => Promise<Readonly<Record<string, string>>>;
  /** Written into annotations of what is deployed. */
  readonly extensionVersion?: string;
  readonly log?: (message: string) => void;
}

/** Opens nothing yet: files are read, and clusters contacted, when they are asked about. */
export function openClusters(options: ClustersOptions): Clusters {
  const { environment, allowExecPlugin, endpointHeaders, extensionVersion = '', log = () => undefined } = options;
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const connections = new Map<string, Promise<ClusterConnection>>();
  const targets = new Map<string, Promise<KServeNamespace>>();
  const open = new Map<string, KServeNamespace>();

  const connect = (contextName: string): Promise<ClusterConnection> =>
    remembered(connections, contextName, async () => {
      const { openConnection } = await import('../../cluster/index.ts');
      const files = await options.files();
      return openConnection({ files, contextName, environment, ...(allowExecPlugin && { allowExecPlugin }) });
    });

  const makeTarget = async (contextName: string, namespace: string): Promise<KServeNamespace> => {
    const { KServeNamespace } = await import('./kserveTarget.ts');
    const connection = await connect(contextName);
    const place = { connection, namespace, extensionVersion, log };
    const target = new KServeNamespace(place, { ...(endpointHeaders && { endpointHeaders }) });
    target.onDidChangeDeployments(notify);
    return target;
  };

  const reset = (): void => {
    for (const target of open.values()) target.dispose();
    for (const connection of connections.values()) void connection.then((each) => each.close()).catch(() => undefined);
    open.clear();
    targets.clear();
    connections.clear();
  };

  return {
    async contexts() {
      const { readContexts } = await import('../../cluster/index.ts');
      return readContexts(await options.files(), environment);
    },
    connect,
    target: (contextName, namespace) =>
      remembered(targets, targetId(contextName, namespace), async () => {
        const made = makeTarget(contextName, namespace);
        const id = targetId(contextName, namespace);
        const target = await made;
        // A reset may have come in between.
        if (connections.has(contextName)) open.set(id, target);
        notify();
        return target;
      }),
    openTargets: () => [...open.values()],
    onDidChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reset() {
      reset();
      notify();
    },
    close() {
      listeners.clear();
      reset();
    },
  };
}

/** One at a time; what fails is tried anew by the next who asks. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (!value) {
    value = make();
    known.set(key, value);
    value.catch(() => {
      if (known.get(key) === value) known.delete(key);
    });
  }
  return value;
}
