import type { PvcStore } from '../../stores/index.ts';
import type { Clusters } from '../../targets/kserve/clusters.ts';
import type { ClaimPlace, Services } from '../core/services.ts';
import { uploadImage, uploadUser } from '../core/settings.ts';

/**
 * The stores in claims: one object for each, since those share their pod while they run at the same time. Another one is
 * made when its connection or a setting has changed.
 */
export function claimStores(clusters: () => Promise<Clusters>): Services['claimStore'] {
  const stores = new Map<string, { readonly store: PvcStore; readonly isCurrent: (made: Made) => boolean }>();
  return async ({ contextName, namespace, claim }: ClaimPlace) => {
    const connection = await (await clusters()).connect(contextName);
    const made: Made = { connection, image: uploadImage(), uid: uploadUser() };
    const key = JSON.stringify([contextName, namespace, claim]);
    const known = stores.get(key);
    if (known?.isCurrent(made)) return known.store;
    const { PvcStore } = await import('../../stores/index.ts');
    const store = new PvcStore({ ...made, namespace, claim });
    const isCurrent = (other: Made): boolean =>
      other.connection === made.connection && other.image === made.image && other.uid === made.uid;
    stores.set(key, { store, isCurrent });
    return store;
  };
}

type Made = Required<Pick<ConstructorParameters<typeof PvcStore>[0], 'connection' | 'image' | 'uid'>>;
