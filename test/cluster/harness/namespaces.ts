import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from './apiClient.ts';
import type { ApiClient } from './apiClient.ts';
import { applyAll, pathOf } from './applyManifests.ts';
import type { Manifest } from './kserveManifests.ts';

const patience = 60_000;

/** Makes a namespace, after an earlier one of the name has gone, and waits for what the control plane puts into it: without its service account no pod is let in. */
export async function createNamespace(api: ApiClient, name: string): Promise<void> {
  await gone(api, name);
  await applyAll(api, [namespace(name)]);
  const account: Manifest = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: name, name: 'default' },
  };
  for (const end = Date.now() + patience; !(await exists(api, account)); await delay(50)) {
    if (Date.now() > end) throw new Error(`The namespace ${name} got no service account within a minute.`);
  }
}

/** Deletes a namespace; the control plane takes away what is in it, which takes it a quarter of a minute. */
export function deleteNamespace(api: ApiClient, name: string): Promise<void> {
  return api.remove(pathOf(namespace(name)));
}

async function gone(api: ApiClient, name: string): Promise<void> {
  for (const end = Date.now() + patience; await exists(api, namespace(name)); await delay(100)) {
    if (Date.now() > end) throw new Error(`The namespace ${name} was not gone within a minute.`);
  }
}

function namespace(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

async function exists(api: ApiClient, manifest: Manifest): Promise<boolean> {
  return api.get(pathOf(manifest)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    },
  );
}
