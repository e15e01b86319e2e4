import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { StoreKind } from '../stores.ts';
import { formatClaimRef, parseClaimRef, type ClaimRef } from './claimRef.ts';
import type { ClaimStore, ClaimStoreOptions } from './claimStore.ts';

export interface ClaimStoresOptions {
  /** The connection of a context; the same as long as it is good. */
  readonly connect: (context: string) => Promise<ClusterConnection>;
  /** The settings of upload pods, asked each time a store is opened. */
  readonly settings: () => Pick<ClaimStoreOptions, 'image' | 'uid' | 'resources' | 'pace'>;
}

/**
 * Stores in claims: one object for each, since those who use it at the same time share its pod. Another one is made when
 * its connection or a setting has changed.
 */
export function claimStores({ connect, settings }: ClaimStoresOptions): StoreKind<ClaimRef> {
  const stores = new Map<string, { readonly store: ClaimStore; readonly made: ClaimStoreOptions }>();
  return {
    kind: 'claim',
    label: 'PersistentVolumeClaim',
    parse: parseClaimRef,
    mountedIn: ({ context, namespace, claim }) => ({ context, namespace, claim }),
    open: async (ref) => {
      const { namespace, claim } = ref;
      const made = { connection: await connect(ref.context), namespace, claim, ...settings() };
      const key = formatClaimRef(ref);
      const known = stores.get(key);
      if (known && isSame(known.made, made)) return known.store;
      const { ClaimStore } = await import('../index.ts');
      const store = new ClaimStore(made);
      stores.set(key, { store, made });
      return store;
    },
  };
}

function isSame(one: ClaimStoreOptions, other: ClaimStoreOptions): boolean {
  const isSameResources = JSON.stringify(one.resources) === JSON.stringify(other.resources);
  return one.connection === other.connection && one.image === other.image && one.uid === other.uid && isSameResources;
}
