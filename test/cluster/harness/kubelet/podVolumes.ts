import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from '../apiClient.ts';
import type { Container, PersistentVolume, PersistentVolumeClaim, Pod } from '../kubeTypes.ts';

/** A path inside of a container and the folder of this machine that is there. */
export interface HostMount {
  readonly mountPath: string;
  readonly folder: string;
}

/** The claims that a container mounts, in its own order. A folder below a claim is made when it is not there, as kubelets do. */
export async function claimMounts(api: ApiClient, pod: Pod, container: Container): Promise<readonly HostMount[]> {
  const mounts: HostMount[] = [];
  for (const { name, mountPath, subPath = '' } of container.volumeMounts ?? []) {
    const claim = pod.spec.volumes?.find((volume) => volume.name === name)?.persistentVolumeClaim?.claimName;
    const root = claim === undefined ? undefined : await claimFolder(api, pod.metadata.namespace, claim);
    if (root === undefined) continue;
    const folder = path.join(root, subPath);
    await mkdir(folder, { recursive: true });
    mounts.push({ mountPath, folder });
  }
  return mounts;
}

/** Folder of this machine behind a bound claim whose volume is a hostPath. */
export async function claimFolder(api: ApiClient, namespace: string, claim: string): Promise<string | undefined> {
  const { spec } = await api.get<PersistentVolumeClaim>(
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`,
  );
  if (spec.volumeName === undefined) return undefined;
  const volume = await api.get<PersistentVolume>(`/api/v1/persistentvolumes/${spec.volumeName}`);
  return volume.spec.hostPath?.path;
}

/** Where a path of the container is on this machine; the path itself when no claim is mounted there. */
export function onHost(mounts: readonly HostMount[], file: string): string {
  const mount = mounts.find(({ mountPath }) => file === mountPath || file.startsWith(`${mountPath}/`));
  return mount === undefined ? file : path.join(mount.folder, file.slice(mount.mountPath.length));
}
