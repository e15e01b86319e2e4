import type { ModelStore, StoreRef } from '../../src/stores/modelStore.ts';
import type { StoreKind } from '../../src/stores/stores.ts';

interface ShelfRef extends StoreRef {
  readonly kind: 'shelf';
}

/** One shelf of given models that nobody can change: a kind of store that exists in tests alone, and is only read. */
export function shelfStores(
  ...models: readonly { readonly name: string; readonly version: string }[]
): StoreKind<ShelfRef> {
  const locate = (name: string, version: string): string => `hf://shelf/${name}:${version}`;
  const store: ModelStore = {
    id: 'shelf:',
    label: 'Shelf',
    locate,
    list: () =>
      Promise.resolve(
        models.map(({ name, version }) => ({ storeId: 'shelf:', name, version, storageUri: locate(name, version) })),
      ),
  };
  return {
    kind: 'shelf',
    label: 'Shelf',
    parse: (id) => (id === 'shelf:' ? { kind: 'shelf' } : undefined),
    known: () => Promise.resolve([{ kind: 'shelf' }]),
    open: () => Promise.resolve(store),
  };
}
