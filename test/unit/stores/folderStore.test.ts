import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { FolderStore } from '../../../src/stores/index.ts';
import { packageSample } from '../local/sampleArchive.ts';

describe('the folder store', () => {
  let folder: string;
  let root: string;
  let store: FolderStore;
  let archive: ModelArchive;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-store-'));
    root = path.join(folder, 'the models');
    store = new FolderStore(root);
    archive = await packageSample(path.join(folder, 'package'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is empty before its folder is there', async () => assert.deepEqual(await store.list(), []));

  it('keeps a package as a folder that KServe can mount', async () => {
    const { isNew, ...model } = await store.put(archive);
    assert.equal(isNew, true);
    assert.equal(fileURLToPath(model.storageUri), path.join(root, 'cats', '1.0'));
    assert.deepEqual((await readdir(model.path ?? '')).sort(), ['config', 'model-deck.json', 'model-store']);
    assert.deepEqual(await readFile(model.archivePath ?? ''), await readFile(archive.path));
    assert.match(await readFile(path.join(model.path ?? '', 'config', 'config.properties'), 'utf8'), /cats\.mar/);
    assert.deepEqual(await store.list(), [model]);
  });

  it('leaves the same archive as it is, and refuses another under the same version', async () => {
    const again = await store.put(archive);
    assert.equal(again.sha256, archive.sha256);
    assert.ok(again.isNew !== true, 'it was there before');
    const other = await packageSample(path.join(folder, 'other'), { extraFiles: ['LICENSE'] });
    await assert.rejects(store.put(other), { category: 'conflict', message: /cats 1\.0/ });
    assert.equal((await store.list())[0]?.sha256, archive.sha256);
  });

  it('sorts versions as people do', async () => {
    for (const version of ['10.0', '9.0']) {
      await store.put(await packageSample(path.join(folder, version), { version }));
    }
    assert.deepEqual(
      (await store.list()).map(({ version }) => version),
      ['1.0', '9.0', '10.0'],
    );
  });

  it('keeps an unpacked archive too', async () => {
    const open = await packageSample(path.join(folder, 'open'), { name: 'open', archiveFormat: 'no-archive' });
    const model = await store.put(open);
    assert.equal(model.sha256, open.sha256);
    await store.remove(model);
  });

  it('leaves nothing when the archive changes meanwhile, or the copy is cancelled', async () => {
    const short = await packageSample(path.join(folder, 'short'), { name: 'short' });
    await truncate(short.path, 1000);
    await assert.rejects(store.put(short), { category: 'conflict', message: /changed/ });
    const long = await packageSample(path.join(folder, 'long'), { name: 'long' });
    const abort = new AbortController();
    const upload = store.put(long, { signal: abort.signal, onProgress: () => abort.abort() });
    await assert.rejects(upload, { category: 'cancelled' });
    assert.deepEqual(await readdir(root), ['cats']);
  });

  it('refuses names that would leave its folder, or that Windows has not', async () => {
    for (const version of ['..', '../up', 'a/b', 'a\\b', '', '.hidden', 'nul', '1.']) {
      await assert.rejects(store.put({ ...archive, version }), { category: 'invalid-input' }, version);
    }
    const model = { ...(await store.put(archive)), name: '../package' };
    await assert.rejects(store.remove(model), { category: 'invalid-input' });
  });

  it('passes over what is no model', async () => {
    await mkdir(path.join(root, 'cats', '2.0'));
    await mkdir(path.join(root, 'cats', '.3.0.part'));
    await mkdir(path.join(root, 'mine', '1'), { recursive: true });
    await writeFile(path.join(root, 'mine', '1', 'model-deck.json'), '{"archive":"../../../etc/passwd"}');
    await writeFile(path.join(root, 'notes.txt'), '');
    assert.deepEqual(
      (await store.list()).map(({ version }) => version),
      ['1.0', '9.0', '10.0'],
    );
  });

  it('removes one version and only that', async () => {
    const [model] = await store.list();
    assert.ok(model);
    await store.remove(model);
    assert.deepEqual(
      (await store.list()).map(({ version }) => version),
      ['9.0', '10.0'],
    );
    await assert.rejects(store.remove(model), { category: 'not-found' });
  });
});
