import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../../scripts/vscode/systemTools.ts';
import type { ClaimOrder, StartedCluster, UserOrder } from './cluster.ts';
import { contextName } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';

type Kubectl = StartedCluster['kubectl'];

const notHere = 'the cluster of MODEL_DECK_TEST_KUBECONFIG is not ours to do this to';

/**
 * A contributor's own cluster with KServe (minikube, kind), in its kubeconfig's current context. What is made in it are
 * namespaces with their contents; those go with stop().
 */
export async function useCluster(chosen: string, log: (line: string) => void): Promise<StartedCluster> {
  const kubectlPath = findProgram('kubectl');
  if (kubectlPath === undefined) throw new Error('Missing: kubectl (for the cluster of MODEL_DECK_TEST_KUBECONFIG).');
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-cluster-'));
  const kubeconfig = path.join(folder, 'admin.kubeconfig');
  const kubectl: Kubectl = (args, options) => runKubectl({ kubectlPath, kubeconfig, folder }, args, options);
  try {
    // A copy of the one context, under the name that it has in our own cluster.
    const own = ['config', 'view', '--raw', '--minify', '--flatten'];
    await writeFile(kubeconfig, await kubectl(own, { kubeconfig: chosen }), { mode: 0o600 });
    const context = (await kubectl(['config', 'current-context'])).trim();
    if (context !== contextName) await kubectl(['config', 'rename-context', context, contextName]);
    const url = await kubectl(['config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}']);
    const nodes = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}']);
    log(`Using the cluster ${context} at ${url}`);
    const made = new Set<string>();
    const refuse = (): Promise<never> => Promise.reject(new Error(notHere));
    return {
      kubeconfig,
      url,
      nodeNames: nodes.split(' '),
      proxiedKubeconfig: undefined,
      folder,
      kubectlPath,
      cannot: () => notHere,
      kubectl,
      createNamespace: async (name) => {
        await kubectl(['create', 'namespace', name]);
        made.add(name);
        await accountThere(kubectl, name);
      },
      deleteNamespace: async (name) => {
        await kubectl(['delete', 'namespace', name, '--ignore-not-found']);
        made.delete(name);
      },
      createClaim: async (order) => {
        await kubectl(['apply', '-f', '-'], { input: JSON.stringify(claim(order)) });
        return { folder: undefined };
      },
      userKubeconfig: (order) => tokenKubeconfig(kubectl, { kubeconfig, folder }, order),
      restartApiServer: refuse,
      stopKServe: refuse,
      startKServe: refuse,
      dropConnections: refuse,
      dropAfter: refuse,
      bytesUp: refuse,
      torchServeOf: refuse,
      createInferenceServices: refuse,
      stop: async () => {
        for (const name of made) await kubectl(['delete', 'namespace', name, '--ignore-not-found']);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function accountThere(kubectl: Kubectl, namespace: string): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(200)) {
    const names = await kubectl(['get', 'serviceaccounts', '-n', namespace, '-o', 'name']);
    if (names.includes('serviceaccount/default')) return;
    if (Date.now() > end) throw new Error(`The namespace ${namespace} got no service account within a minute.`);
  }
}

/** By the cluster's default storage class, which may wait for the first pod before it binds. */
function claim({ namespace, name, size = '1Gi', accessModes = ['ReadWriteOnce'], unbound }: ClaimOrder): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name },
    spec: {
      accessModes,
      ...(unbound ? { storageClassName: 'model-deck-test-none' } : {}),
      resources: { requests: { storage: size } },
    },
  };
}

async function tokenKubeconfig(
  kubectl: Kubectl,
  from: { readonly kubeconfig: string; readonly folder: string },
  order: UserOrder,
): Promise<string> {
  const { name, namespace, rules, by = 'token' } = order;
  if (by !== 'token') throw new Error(notHere);
  const home = namespace ?? 'default';
  const apply = (object: object): Promise<string> => kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: home } });
  if (rules !== undefined) {
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const metadata = { name: `test-${name}`, ...(namespace === undefined ? {} : { namespace }) };
    await apply({ apiVersion, kind, metadata, rules });
    await apply({
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
    });
  }
  const token = (await kubectl(['create', 'token', name, '-n', home])).trim();
  const file = path.join(from.folder, `${name}.kubeconfig`);
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '-o', 'json'])) as {
    users: { user: object }[];
    contexts: { context: { namespace?: string } }[];
  };
  for (const entry of config.users) entry.user = { token };
  for (const { context } of config.contexts) context.namespace = home;
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
