import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { completeContract } from '../../src/contract/completeContract.ts';
import { sha256OfFiles, type ModelPackage, type PackageFile } from '../../src/packaging/modelPackage.ts';
import type { ModelStore, StoredModel } from '../../src/stores/modelStore.ts';
import { isWritable, requireWritable, type Stores } from '../../src/stores/stores.ts';

/** A store that is tried, reached as everybody reaches it. */
export interface TriedStore extends AsyncDisposable {
  readonly stores: Stores;
  /** Empty, if it can be written to. */
  readonly store: ModelStore;
}

/** What every kind of store has to keep. @param open called for each test; the store is closed after it */
export function describeStore(name: string, open: () => Promise<TriedStore>): void {
  describe(`${name}, as every store`, () => {
    let folder: string;
    let made: ModelPackage;
    let other: ModelPackage;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'model-deck-conformance-'));
      made = await packageOf(path.join(folder, 'one'), 'the weights');
      other = await packageOf(path.join(folder, 'other'), 'other weights');
    });
    after(() => rm(folder, { recursive: true }));

    it('is opened again by its id, and by no id that is not its own', async () => {
      await using tried = await open();
      const { stores, store } = tried;
      assert.notEqual(store.label, '');
      assert.equal((await stores.of(store.id)).id, store.id);
      for (const id of ['', 'nothing', store.label, store.locate('net', '1.0'), `un${store.id}`]) {
        await assert.rejects(stores.of(id), { category: 'unsupported' }, id);
      }
    });

    it('says where a model lies before it is there, another place for each', async () => {
      await using tried = await open();
      const { store } = tried;
      const places = [store.locate('net', '1.0'), store.locate('net', '1.1'), store.locate('nets', '1.0')];
      assert.equal(new Set(places).size, 3);
      for (const place of places) assert.match(place, /^[a-z0-9+]+:\/\/.+/);
    });

    it('either takes and removes models, or says that it is only read', async () => {
      await using tried = await open();
      const { store } = tried;
      assert.equal(store.put === undefined, store.remove === undefined);
      if (isWritable(store)) return;
      assert.throws(() => requireWritable(store), { category: 'unsupported', message: /only be read/ });
      for (const model of await store.list()) assert.equal(model.storageUri, store.locate(model.name, model.version));
    });

    /** What only stores that can be written to have to keep. */
    const writes = (words: string, work: (store: ReturnType<typeof requireWritable>) => Promise<void>): void => {
      it(words, async (context) => {
        await using tried = await open();
        if (!isWritable(tried.store)) return context.skip('it is only read');
        await work(tried.store);
      });
    };

    writes('keeps a package with all that is known of it', async (store) => {
      assert.deepEqual(await store.list(), []);
      const { isNew, ...model } = await store.put(made);
      assert.equal(isNew, true);
      const { name: modelName, version, size, sha256, kind, serves, contract } = made;
      const { storeId, storageUri } = model;
      assert.deepEqual(
        { ...model, path: undefined, archivePath: undefined },
        { storeId, storageUri, name: modelName, version, size, sha256, kind, serves, contract, ...noPaths },
      );
      assert.deepEqual([storeId, storageUri], [store.id, store.locate(modelName, version)]);
      assert.deepEqual(await store.list(), [model]);
    });

    writes('keeps the bytes of every file', async (store) => {
      const model = await store.put(made);
      for (const file of made.files) {
        const bytes = await bytesOf(store, model, file);
        if (bytes) assert.equal(createHash('sha256').update(bytes).digest('hex'), file.sha256, file.path);
      }
      if (!store.read) return;
      assert.equal(Buffer.from(await store.read(model, 'weights.bin', { start: 4, length: 3 })).toString(), 'wei');
      assert.equal((await store.read(model, 'weights.bin', { start: 9, length: 99 })).length, 2);
      await assert.rejects(store.read(model, 'none.bin', { start: 0, length: 1 }), { category: 'not-found' });
      for (const file of ['../up', '/etc/passwd', '']) {
        await assert.rejects(store.read(model, file, { start: 0, length: 1 }), { category: 'invalid-input' }, file);
      }
    });

    writes('leaves the same package as it is, and refuses another under the same version', async (store) => {
      const { isNew, ...model } = await store.put(made);
      assert.equal(isNew, true);
      assert.notEqual((await store.put(made)).isNew, true);
      await assert.rejects(store.put(other), { category: 'conflict' });
      assert.deepEqual(await store.list(), [model]);
    });

    writes('removes its own model, and never that of another store', async (store) => {
      const model = await store.put(made);
      for (const storeId of ['folder:/elsewhere', 'claim:c/other/models', 'memory:elsewhere', '']) {
        const foreign = { ...model, storeId };
        await assert.rejects(store.remove(foreign), { category: 'invalid-input', message: /another store/ }, storeId);
        if (store.read) {
          await assert.rejects(store.read(foreign, 'weights.bin', { start: 0, length: 1 }), {
            category: 'invalid-input',
          });
        }
      }
      assert.equal((await store.list()).length, 1);
      await store.remove(model);
      assert.deepEqual(await store.list(), []);
      await assert.rejects(store.remove(model), { category: 'not-found' });
    });

    writes('refuses names and files that would leave its folder', async (store) => {
      for (const version of ['..', '../up', 'a/b', '', '.hidden']) {
        await assert.rejects(store.put({ ...made, version }), { category: 'invalid-input' }, version);
      }
      for (const file of ['../up', '/etc/passwd', 'a//b', 'model-deck.json']) {
        const files = [{ ...made.files[0], path: file, size: 1, sha256: '' }];
        await assert.rejects(store.put({ ...made, files }), { category: 'invalid-input' }, file);
      }
      assert.deepEqual(await store.list(), []);
    });

    writes('leaves nothing when it is cancelled', async (store) => {
      await assert.rejects(store.put(made, { signal: AbortSignal.abort() }), { category: 'cancelled' });
      const abort = new AbortController();
      // Not every store tells of progress before it is done.
      const put = store.put(made, { signal: abort.signal, onProgress: () => abort.abort() });
      await put.catch((error: unknown) => assert.equal((error as { category?: string }).category, 'cancelled'));
      assert.equal((await store.list()).length, abort.signal.aborted ? 0 : 1);
    });
  });
}

const noPaths = { path: undefined, archivePath: undefined };

/** A package of no kind that anybody knows: stores carry files. */
async function packageOf(folder: string, weights: string): Promise<ModelPackage> {
  const texts = { 'weights.bin': weights, 'config/settings.txt': 'a=1\n', empty: '' };
  const files: PackageFile[] = [];
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
    files.push({ path: file, size: text.length, sha256: createHash('sha256').update(text).digest('hex') });
  }
  return {
    kind: 'nobody-knows-it',
    name: 'net',
    version: '1.0',
    folder,
    files,
    size: files.reduce((sum, { size }) => sum + size, 0),
    sha256: sha256OfFiles(files),
    serves: { modelFormat: 'onnx', protocols: ['v2'] },
    contract: completeContract({ output: { labels: ['cat', 'dog'] } }),
  };
}

/** By the store itself, or from the folder of this computer where it lies; undefined where neither can be. */
async function bytesOf(store: ModelStore, model: StoredModel, file: PackageFile): Promise<Uint8Array | undefined> {
  if (store.read) return store.read(model, file.path, { start: 0, length: file.size });
  return model.path === undefined ? undefined : readFile(path.join(model.path, ...file.path.split('/')));
}
