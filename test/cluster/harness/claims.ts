import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './apiClient.ts';
import { applyAll, pathOf } from './applyManifests.ts';
import type { Claim, ClaimOrder } from './cluster.ts';
import type { Manifest } from './kserveManifests.ts';
import type { PersistentVolumeClaim } from './kubeTypes.ts';
import type { ProcessKeeper } from './processKeeper.ts';

/** Makes a claim, and a hostPath volume for it in the keeper's folder; the control plane binds them. */
export async function createClaim(api: ApiClient, keeper: ProcessKeeper, order: ClaimOrder): Promise<Claim> {
  const { namespace, name, size = '1Gi', accessModes = ['ReadWriteOnce'] } = order;
  const volumeName = `${namespace}-${name}`;
  const claim: Manifest = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name },
    spec: {
      accessModes,
      // None, so that no default class provisions another one.
      storageClassName: '',
      ...(order.unbound ? {} : { volumeName }),
      resources: { requests: { storage: size } },
    },
  };
  if (order.unbound) {
    await applyAll(api, [claim]);
    return { folder: undefined };
  }
  const folder = path.join(keeper.folder, 'volumes', volumeName);
  await mkdir(folder, { recursive: true });
  // Pods are not run as one user.
  await chmod(folder, 0o777);
  if (order.fullAt !== undefined) keeper.mountSmall(folder, order.fullAt);
  await applyAll(api, [volume(order, volumeName, folder, { size, accessModes }), claim]);
  await bound(api, claim);
  return { folder };
}

function volume(
  { namespace, name, nodeName }: ClaimOrder,
  volumeName: string,
  folder: string,
  { size, accessModes }: { readonly size: string; readonly accessModes: readonly string[] },
): Manifest {
  const onNode = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName },
    spec: {
      capacity: { storage: size },
      accessModes,
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      hostPath: { path: folder },
      claimRef: { namespace, name },
      ...(nodeName === undefined
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: onNode }] } } }),
    },
  };
}

async function bound(api: ApiClient, claim: Manifest): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(50)) {
    const { status } = await api.get<PersistentVolumeClaim>(pathOf(claim));
    if (status?.phase === 'Bound') return;
    if (Date.now() > end) throw new Error(`The claim ${claim.metadata.name} was not bound within a minute.`);
  }
}
