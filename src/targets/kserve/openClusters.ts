import type { ClusterConnection, ContextIdentity, ExecPlugin } from '../../cluster/index.ts';
import { Emitter } from '../../foundation/emitter.ts';
import { OnceEach } from '../../foundation/once.ts';
import type { Clusters } from './clusters.ts';
import type { KServeNamespace } from './kserveTarget.ts';
import type { EndpointSignIn } from './routes/endpointRoutes.ts';

export interface ClustersOptions {
  /** Kubeconfig files, the first that defines a name wins; asked at the first question and after `reset`. */
  readonly files: () => Promise<readonly string[]>;
  /** For proxies, credential plugins, and the service account of a pod. */
  readonly environment: NodeJS.ProcessEnv;
  /** Asked before a credential plugin runs for the first time; it may run when this is left out. */
  readonly allowExecPlugin?: (plugin: ExecPlugin) => Promise<boolean>;
  /** Told when the credential plugin of a context takes long, and with undefined when it has ended. */
  readonly onWaiting?: (contextName: string, plugin: ExecPlugin | undefined) => void;
  /** What the user has set for a deployment that is reached from outside the cluster. Never logged. */
  readonly endpointSignIn?: EndpointSignIn;
  /** Written into annotations of what is deployed. */
  readonly extensionVersion?: string;
  readonly log?: (message: string) => void;
}

interface Opened {
  readonly connection: ClusterConnection;
  /** Where the context led then, and as whom. */
  readonly identity: ContextIdentity;
}

/** Opens nothing yet: files are read, and clusters contacted, when they are asked about. */
export function openClusters(options: ClustersOptions): Clusters {
  const { environment, allowExecPlugin, endpointSignIn, extensionVersion = '', log = () => undefined } = options;
  const changed = new Emitter();
  const connections = new OnceEach<string, Opened>();
  /** By context, then by namespace. */
  const targets = new Map<string, OnceEach<string, KServeNamespace>>();
  const open = new Map<string, KServeNamespace>();

  const connect = async (contextName: string): Promise<ClusterConnection> => {
    const { connection } = await connections.get(contextName, async () => {
      const { contextIdentity, openConnection } = await import('../../cluster/index.ts');
      const files = await options.files();
      const identity = await contextIdentity(files, contextName, environment);
      const plugins = allowExecPlugin && { allowExecPlugin };
      const onWaiting = (plugin: ExecPlugin | undefined): void => options.onWaiting?.(contextName, plugin);
      return { identity, connection: await openConnection({ files, contextName, environment, onWaiting, ...plugins }) };
    });
    return connection;
  };

  const makeTarget = async (contextName: string, namespace: string): Promise<KServeNamespace> => {
    const { KServeNamespace } = await import('./kserveTarget.ts');
    const connection = await connect(contextName);
    const place = { connection, namespace, extensionVersion, log };
    const target = new KServeNamespace(place, { ...(endpointSignIn && { endpointSignIn }) });
    target.onDidChangeDeployments(() => changed.fire());
    return target;
  };

  const forget = (contextName: string): void => {
    for (const [id, target] of open) {
      if (target.cluster.context !== contextName) continue;
      target.dispose();
      open.delete(id);
    }
    targets.delete(contextName);
    void connections
      .known(contextName)
      ?.then(({ connection }) => connection.close())
      .catch(() => undefined);
    connections.forget(contextName);
  };

  /** A file that cannot be read right now closes nothing: what runs, and the undoing of it, needs its connection. */
  const hasChanged = async (contextName: string): Promise<boolean> => {
    const { contextIdentity } = await import('../../cluster/index.ts');
    const [then, now] = await Promise.all([
      connections.known(contextName)?.catch(() => undefined),
      contextIdentity(await options.files(), contextName, environment),
    ]);
    if (now.state === 'unclear') return false;
    const before = then?.identity;
    return now.state === 'gone' || before?.state !== 'known' || before.fingerprint !== now.fingerprint;
  };

  return {
    async kubeconfig() {
      const { readContexts } = await import('../../cluster/index.ts');
      return readContexts(await options.files(), environment);
    },
    connect,
    target: (contextName, namespace) => {
      const ofContext = targets.get(contextName) ?? new OnceEach<string, KServeNamespace>();
      targets.set(contextName, ofContext);
      return ofContext.get(namespace, async () => {
        const target = await makeTarget(contextName, namespace);
        // A reset may have come in between.
        if (connections.has(contextName)) open.set(target.id, target);
        changed.fire();
        return target;
      });
    },
    openTargets: () => [...open.values()],
    onDidChange(listener) {
      return changed.on(listener);
    },
    async reset() {
      for (const contextName of connections.keys()) if (await hasChanged(contextName)) forget(contextName);
      changed.fire();
    },
    close() {
      changed.clear();
      for (const contextName of connections.keys()) forget(contextName);
    },
  };
}
