import { ModelDeckError } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import { openAgent, proxyName } from './transport/agent.ts';
import type { ClusterConnection, RawAnswer, RawRequest } from './clusterConnection.ts';
import { contextSettings, type ContextSettings } from './kubeconfig/contextSettings.ts';
import { openCredentials } from './signIn/credentials.ts';
import type { AllowExecPlugin } from './signIn/credentials.ts';
import type { ExecPlugin } from './signIn/execPlugin.ts';
import { openObjects } from './objects/objects.ts';
import { execCommand } from './pods/exec.ts';
import { readLogs } from './pods/logs.ts';
import { forwardPort } from './pods/portForward.ts';
import { isProxyAddress, proxyFromEnvironment } from './transport/proxy.ts';
import { openRest } from './transport/rest.ts';
import { watchObjects } from './objects/watch.ts';

export interface ConnectionOptions {
  /** As {@link kubeconfigPaths} lists them. */
  readonly files: readonly string[];
  readonly contextName: string;
  /** For proxies, credential plugins, and the service account of a pod. */
  readonly environment: NodeJS.ProcessEnv;
  /** Asked once, before the context's credential plugin runs for the first time; it may run when this is left out. */
  readonly allowExecPlugin?: AllowExecPlugin;
  /** Told when the credential plugin has not answered for some seconds, and with undefined when it has ended. */
  readonly onWaiting?: (plugin: ExecPlugin | undefined) => void;
  /** Where a pod's service account lies; where Kubernetes mounts it when left out. */
  readonly serviceAccountFolder?: string;
  /** 30 000 when left out. */
  readonly deadlineMs?: number;
}

/**
 * Opens a connection to a context. Reads files only: nothing is sent, and no credential plugin runs, before the first
 * request.
 *
 * @throws ModelDeckError `not-found` for an unknown context; `invalid-input`, `unsupported` for one that cannot be used
 */
export async function openConnection(options: ConnectionOptions): Promise<ClusterConnection> {
  const {
    files,
    contextName,
    environment,
    allowExecPlugin = () => Promise.resolve(true),
    deadlineMs = 30_000,
  } = options;
  const reread = (): Promise<ContextSettings> =>
    contextSettings(files, contextName, environment, options.serviceAccountFolder);
  const settings = await reread();
  const { context, cluster } = settings;
  const namespace = context.namespace ?? 'default';
  const server = new URL(cluster.server);
  const proxy = cluster.proxyUrl ?? proxyFromEnvironment(server, environment);
  if (proxy !== undefined && !isProxyAddress(proxy)) throw wrongProxy(server);
  const credentials = openCredentials(settings, {
    environment,
    allowExecPlugin,
    reread,
    onWaiting: options.onWaiting,
  });
  const rest = openRest({
    context,
    server,
    agent: openAgent(server, proxy),
    credentials,
    proxy: proxy === undefined ? undefined : proxyName(proxy),
    deadlineMs,
  });
  return {
    context,
    namespace,
    ...openObjects(rest, namespace),
    request: (
      { method, path, body, contentType, accept, cookie, patient }: RawRequest,
      task?: Task,
    ): Promise<RawAnswer> =>
      rest.ask(
        {
          method,
          path,
          doing: `ask for ${path.split('?')[0]}`,
          headers: {
            ...(accept !== undefined && { Accept: accept }),
            ...(contentType !== undefined && { 'Content-Type': contentType }),
            ...(cookie !== undefined && { Cookie: cookie }),
          },
          ...(body !== undefined && { body }),
          ...(patient !== undefined && { patient }),
        },
        task,
      ),
    watch: (type, query, task) => watchObjects(rest, type, query, task),
    logs: (query, onLine, task) => readLogs(rest, query, onLine, task),
    exec: (command, task) => execCommand(rest, command, task),
    portForward: (target, task) => forwardPort(rest, target, task),
    close(): void {
      rest.close();
      credentials.close();
    },
  };
}

/** The address itself may hold a password. */
function wrongProxy(server: URL): ModelDeckError {
  const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  return new ModelDeckError('invalid-input', `The variable ${variable} is no address of a proxy.`, {
    brief: `${variable} cannot be used`,
    remedy: `Correct ${variable}: it begins with http://, https:// or socks5://. Or name ${server.host} in NO_PROXY.`,
  });
}
