import type { Task } from '../foundation/task.ts';
import { openAgent, proxyName } from './transport/agent.ts';
import type { ClusterConnection, RawAnswer, RawRequest } from './clusterConnection.ts';
import { contextSettings } from './kubeconfig/contextSettings.ts';
import { openCredentials } from './signIn/credentials.ts';
import type { AllowExecPlugin } from './signIn/credentials.ts';
import { openObjects } from './objects/objects.ts';
import { execCommand } from './pods/exec.ts';
import { readLogs } from './pods/logs.ts';
import { forwardPort } from './pods/portForward.ts';
import { proxyFromEnvironment } from './transport/proxy.ts';
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
  const settings = await contextSettings(files, contextName, environment, options.serviceAccountFolder);
  const { context, cluster } = settings;
  const namespace = context.namespace ?? 'default';
  const server = new URL(cluster.server);
  const proxy = cluster.proxyUrl ?? proxyFromEnvironment(server, environment);
  const credentials = openCredentials(settings, environment, allowExecPlugin);
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
