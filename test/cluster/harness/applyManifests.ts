import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from './apiClient.ts';
import type { ApiClient } from './apiClient.ts';
import type { Manifest } from './kserveManifests.ts';

/** Resource names of the kinds that the harness applies. */
const resources: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ClusterServingRuntime: 'clusterservingruntimes',
  ClusterStorageContainer: 'clusterstoragecontainers',
  ConfigMap: 'configmaps',
  CustomResourceDefinition: 'customresourcedefinitions',
  Exec: 'execs',
  InferenceService: 'inferenceservices',
  Logs: 'logs',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  Namespace: 'namespaces',
  Node: 'nodes',
  PersistentVolume: 'persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  PortForward: 'portforwards',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};

/** Path of an object in the API. @throws Error for a kind that the harness does not apply */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const resource = resources[kind];
  if (resource === undefined) throw new Error(`The harness has no resource name for the kind ${kind}.`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  // KServe's own manifests have a namespace for its ClusterStorageContainer, too.
  const isNamespaced = metadata.namespace !== undefined && !kind.startsWith('Cluster');
  const namespace = isNamespaced ? `/namespaces/${metadata.namespace}` : '';
  return `${group}${namespace}/${resource}/${metadata.name}`;
}

/** Server-side apply of all, a few at a time. */
export async function applyAll(api: ApiClient, manifests: readonly Manifest[]): Promise<void> {
  await Promise.all(manifests.map((manifest) => applied(api, manifest)));
}

/** A kind whose definition is new is served a moment later. */
async function applied(api: ApiClient, manifest: Manifest): Promise<void> {
  for (const end = Date.now() + 30_000; ; await delay(100)) {
    try {
      await api.patch(pathOf(manifest), 'apply', manifest);
      return;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && Date.now() < end) continue;
      throw new Error(`${pathOf(manifest)} cannot be applied: ${String(error)}`, { cause: error });
    }
  }
}

interface Definition {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Applies CustomResourceDefinitions and waits until the API server serves them. */
export async function applyDefinitions(api: ApiClient, definitions: readonly Manifest[]): Promise<void> {
  await applyAll(api, definitions);
  for (const definition of definitions) {
    for (const end = Date.now() + 60_000; ; await delay(100)) {
      const { status } = await api.get<Definition>(pathOf(definition));
      if (status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) break;
      if (Date.now() > end) throw new Error(`${definition.metadata.name} was not established within a minute.`);
    }
  }
}
