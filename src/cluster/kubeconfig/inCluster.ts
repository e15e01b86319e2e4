import { access, readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import type { KubeContext } from './kubeContext.ts';

/** Name of the context of a process that runs in a pod, where no kubeconfig names one. */
export const inClusterName = 'in-cluster';

/** Where Kubernetes mounts the service account of a pod. */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The cluster whose pod this process runs in.
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function inClusterContext(
  environment: NodeJS.ProcessEnv,
  folder = serviceAccountFolder,
): Promise<KubeContext | undefined> {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const { tokenFile } = serviceAccountFiles(folder);
  try {
    await access(tokenFile);
  } catch {
    return undefined;
  }
  const namespace = (await readFile(path.join(folder, 'namespace'), 'utf8').catch(() => '')).trim();
  return {
    name: inClusterName,
    cluster: inClusterName,
    user: inClusterName,
    ...(namespace !== '' && { namespace }),
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    isCurrent: true,
    file: tokenFile,
  };
}

/** Files that a pod's service account consists of. */
export function serviceAccountFiles(folder = serviceAccountFolder): {
  readonly tokenFile: string;
  readonly caFile: string;
} {
  return { tokenFile: path.join(folder, 'token'), caFile: path.join(folder, 'ca.crt') };
}
