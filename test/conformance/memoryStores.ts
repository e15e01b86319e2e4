import { readFile } from 'node:fs/promises';
import { ModelDeckError } from '../../src/foundation/error.ts';
import { throwIfCancelled } from '../../src/foundation/task.ts';
import { sourceOf } from '../../src/packaging/modelPackage.ts';
import { foreignModel } from '../../src/stores/foreignModel.ts';
import type { StoredModel, StoreRef, WritableStore } from '../../src/stores/modelStore.ts';
import { recordOf, storedModel } from '../../src/stores/storeRecord.ts';
import type { StoreKind } from '../../src/stores/stores.ts';
import { checkFolderNames, checkInnerPath, checkPackageFiles } from '../../src/stores/versionFolder.ts';

/** A bucket of the memory: a kind of store that exists in tests alone, with everything that a store can do. */
interface BucketRef extends StoreRef {
  readonly kind: 'memory';
  readonly bucket: string;
}

interface Kept {
  readonly model: StoredModel;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** @param buckets those that this computer knows */
export function memoryStores(...buckets: readonly string[]): StoreKind<BucketRef> {
  const stores = new Map<string, WritableStore>();
  return {
    kind: 'memory',
    label: 'Memory',
    parse: (id) => {
      const [, bucket] = /^memory:([a-z-]+)$/.exec(id) ?? [];
      return bucket === undefined ? undefined : { kind: 'memory', bucket };
    },
    known: () => Promise.resolve(buckets.map((bucket) => ({ kind: 'memory', bucket }))),
    open: ({ bucket }) => {
      const store = stores.get(bucket) ?? memoryStore(bucket);
      stores.set(bucket, store);
      return Promise.resolve(store);
    },
  };
}

function memoryStore(bucket: string): WritableStore {
  const kept = new Map<string, Kept>();
  const id = `memory:${bucket}`;
  const key = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name} ${version}`;
  const keptOf = (model: StoredModel): Kept => {
    if (model.storeId !== id) throw foreignModel(model, store);
    checkFolderNames(model);
    const found = kept.get(key(model));
    if (!found) throw new ModelDeckError('not-found', `${bucket} has no ${key(model)}.`);
    return found;
  };
  const store: WritableStore = {
    id,
    label: `Bucket ${bucket}`,
    locate: (name, version) => `s3://${bucket}/${name}/${version}`,
    list: () => Promise.resolve([...kept.values()].map(({ model }) => model)),
    async put(made, task) {
      throwIfCancelled(task);
      checkFolderNames(made);
      checkPackageFiles(made.files);
      const known = kept.get(key(made));
      if (known?.model.sha256 === made.sha256) return known.model;
      if (known) throw new ModelDeckError('conflict', `${bucket} has ${key(made)} with other content.`);
      const files = new Map<string, Buffer>();
      for (const file of made.files) files.set(file.path, await readFile(sourceOf(made, file)));
      throwIfCancelled(task);
      const model = storedModel(recordOf(made), { storeId: id, storageUri: store.locate(made.name, made.version) });
      kept.set(key(made), { model, files });
      return { ...model, isNew: true };
    },
    read(model, file, { start, length }) {
      return attempt(() => {
        checkInnerPath(file);
        const bytes = keptOf(model).files.get(file);
        if (!bytes) throw new ModelDeckError('not-found', `${key(model)} has no ${file}.`);
        return bytes.subarray(start, start + length);
      });
    },
    remove: (model) =>
      attempt(() => {
        keptOf(model);
        kept.delete(key(model));
      }),
  };
  return store;
}

async function attempt<T>(work: () => T): Promise<T> {
  return await new Promise<T>((resolve) => resolve(work()));
}
