import { ModelDeckError } from '../foundation/error.ts';
import type { ModelStore, StoreRef, WritableStore } from './modelStore.ts';

/** A kind of store: how its ids are read, and how a store of it is opened. */
export interface StoreKind<Ref extends StoreRef = StoreRef> {
  readonly kind: Ref['kind'];
  /** For the reader, for example `Folder`. */
  readonly label: string;
  /** The store that an id names; undefined for the ids of other kinds. */
  parse(id: string): Ref | undefined;
  /** Opens a store. Nothing is contacted before the store is asked something. */
  open(ref: Ref): Promise<ModelStore>;
  /**
   * The one namespace whose pods can mount the store, for kinds that are bound to one. Left out by all others: what lies there
   * is read from wherever its address can be.
   */
  mountedIn?(ref: Ref): MountPlace;
  /** The stores that this computer knows by its settings, without asking a network. Left out by kinds that have none. */
  known?(): Promise<readonly Ref[]>;
}

/** Where a store that belongs to a namespace is mounted, and as which claim. */
export interface MountPlace {
  readonly context: string;
  readonly namespace: string;
  readonly claim: string;
}

/** The kinds of stores that there are, in the order in which they are shown. */
export class Stores {
  private readonly kinds = new Map<string, StoreKind>();

  constructor(kinds: readonly StoreKind[] = []) {
    for (const kind of kinds) this.register(kind);
  }

  /** @throws ModelDeckError `internal` when there is one of that name */
  register(kind: StoreKind): void {
    if (this.kinds.has(kind.kind)) {
      throw new ModelDeckError('internal', `There are two kinds of store called "${kind.kind}".`);
    }
    this.kinds.set(kind.kind, kind);
  }

  /**
   * The store that an id names, for example that of a stored model.
   * @throws ModelDeckError `unsupported` for an id that no kind knows: another store must never be taken for it
   */
  async of(id: string): Promise<ModelStore> {
    const named = this.named(id);
    if (named) return named.kind.open(named.ref);
    throw new ModelDeckError('unsupported', `"${id}" names no model store that this version of Model Deck knows.`, {
      remedy: `It knows stores of these kinds: ${[...this.kinds.values()].map(({ label }) => label).join(', ')}.`,
    });
  }

  /** The namespace and claim that a store belongs to, by its id; undefined for stores that belong to none, and unknown ids. */
  mountedIn(id: string): MountPlace | undefined {
    const named = this.named(id);
    return named?.kind.mountedIn?.(named.ref);
  }

  /** @throws ModelDeckError `unsupported` when no such kind is registered */
  async open(ref: StoreRef): Promise<ModelStore> {
    const kind = this.kinds.get(ref.kind);
    if (kind) return kind.open(ref);
    throw new ModelDeckError('unsupported', `There is no kind of model store called "${ref.kind}".`);
  }

  /** The stores that this computer knows, in the order of their kinds. */
  async known(): Promise<readonly ModelStore[]> {
    const found: ModelStore[] = [];
    for (const kind of this.kinds.values()) {
      for (const ref of (await kind.known?.()) ?? []) found.push(await kind.open(ref));
    }
    return found;
  }

  /** The kind that an id is one of, and what it names there. */
  private named(id: string): { readonly kind: StoreKind; readonly ref: StoreRef } | undefined {
    for (const kind of this.kinds.values()) {
      const ref = kind.parse(id);
      if (ref !== undefined) return { kind, ref };
    }
    return undefined;
  }
}

/** @throws ModelDeckError `unsupported` for a store that is only read */
export function requireWritable(store: ModelStore): WritableStore {
  if (isWritable(store)) return store;
  throw new ModelDeckError('unsupported', `${store.label} can only be read: no model can be put there or removed.`, {
    remedy: 'Choose another store.',
  });
}

export function isWritable(store: ModelStore): store is WritableStore {
  return store.put !== undefined && store.remove !== undefined;
}
