import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sha256OfFiles, type ModelPackage, type PackageFile } from '../../../../src/packaging/modelPackage.ts';
import type { StoredModel, UploadedModel } from '../../../../src/stores/modelStore.ts';
import type { ModelArchive } from '../../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { FakeCluster, systemTools, type PodTools } from './fakeCluster.ts';
import { everything, mebibyte, openStore, randomArchive, sha256Of, withFile } from './fixtures.ts';

const stored = [
  'cats',
  'cats/1.0',
  'cats/1.0/config',
  'cats/1.0/config/config.properties',
  'cats/1.0/model-deck.json',
  'cats/1.0/model-store',
  'cats/1.0/model-store/cats.mar',
];

/** What an upload says of itself is not kept. */
function asListed(model: UploadedModel): StoredModel {
  const listed: { isNew?: boolean } & UploadedModel = { ...model };
  delete listed.isNew;
  return listed;
}

describe('a store in a claim', () => {
  let archive: ModelArchive;
  before(async () => {
    archive = await randomArchive(5 * mebibyte + 321);
  });
  after(() => rm(archive.folder, { recursive: true }));

  it('keeps a package as a folder that KServe can mount, and leaves no pod', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    const steps: string[] = [];
    const model = await store.put(archive, {
      onProgress: ({ step, done, total }) => {
        if (steps.at(-1) !== step) steps.push(step);
        assert.ok((done ?? 0) <= (total ?? 0));
      },
    });
    assert.deepEqual(model, {
      storeId: 'claim:fake/ml/models',
      name: 'cats',
      version: '1.0',
      storageUri: 'pvc://models/cats/1.0',
      size: archive.size,
      sha256: archive.sha256,
      kind: archive.kind,
      serves: archive.serves,
      isNew: true,
    });
    assert.deepEqual(steps, ['start-upload-pod', 'upload', 'verify']);
    assert.deepEqual(await everything(cluster.folder), stored);
    assert.equal(await sha256Of(path.join(cluster.folder, 'cats/1.0/model-store/cats.mar')), archive.sha256);
    assert.deepEqual(
      await readFile(path.join(cluster.folder, 'cats/1.0/config/config.properties')),
      await readFile(archive.configProperties),
    );
    assert.deepEqual(await store.list(), [asListed(model)]);
    assert.equal(cluster.pods.size, 0);
  });

  for (const size of [1, mebibyte, 40 * mebibyte, 33 * mebibyte - 1]) {
    it(`keeps an archive of ${size} bytes`, async () => {
      const other = await randomArchive(size);
      await using cluster = await FakeCluster.open();
      await openStore(cluster).put(other);
      assert.equal(await sha256Of(path.join(cluster.folder, 'cats/1.0/model-store/cats.mar')), other.sha256);
      assert.equal(cluster.sent - other.size < 1000, true, 'only config and record are sent beside it');
      await rm(other.folder, { recursive: true });
    });
  }

  it('takes names as names, never as commands', async () => {
    const file = `a 'b" $(touch pwned) ; touch pwned \`touch pwned\` *.mar`;
    const odd = await randomArchive(1000, { name: 'x+y', version: '1.0-rc.1+b', file });
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    const model = await store.put(odd);
    assert.deepEqual(await store.list(), [asListed(model)]);
    const files = await everything(cluster.folder);
    assert.ok(files.includes(`x+y/1.0-rc.1+b/model-store/${file}`), files.join('\n'));
    assert.ok(!files.some((name) => name.endsWith('pwned')));
    for (const version of ['..', '../up', 'a/b', '', '.hidden', '-rf', '$(touch pwned)', 'a b']) {
      await assert.rejects(store.put({ ...archive, version }), { category: 'invalid-input' }, version);
      await assert.rejects(store.remove({ ...model, version }), { category: 'invalid-input' }, version);
    }
    await rm(odd.folder, { recursive: true });
  });

  it('leaves the same archive as it is, and refuses another under the same version', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    await store.put(archive);
    const { sent } = cluster;
    assert.equal((await store.put(archive)).sha256, archive.sha256);
    assert.equal(cluster.sent, sent, 'nothing is sent again');
    const other = await randomArchive(1000);
    await assert.rejects(store.put(other), { category: 'conflict', message: /"models" has cats 1\.0 already/ });
    assert.deepEqual(await everything(cluster.folder), stored);
    await rm(path.join(cluster.folder, 'cats/1.0/model-store/cats.mar'));
    await assert.rejects(store.put(archive), { category: 'conflict' }, 'a version without its archive');
    assert.equal(cluster.pods.size, 0);
    await rm(other.folder, { recursive: true });
  });

  it('keeps a package of many files, each continued and verified by itself', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-many-'));
    const sizes = {
      '1/weights.bin': 4 * mebibyte + 3,
      '1/more weights.bin': 3 * mebibyte,
      empty: 0,
      'config.pbtxt': 40,
    };
    const files: PackageFile[] = [];
    for (const [file, size] of Object.entries(sizes)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), randomBytes(size));
      files.push({ path: file, size, sha256: await sha256Of(path.join(folder, file)) });
    }
    const many: ModelPackage = {
      ...{ kind: 'many', name: 'cats', version: '1.0', folder, files, size: 7 * mebibyte + 43 },
      ...{ sha256: sha256OfFiles(files), serves: { modelFormat: 'onnx', protocols: ['v2'] } },
    };
    await using cluster = await FakeCluster.open();
    let cuts = 0;
    cluster.cutsWhenSent = (bytes, script) => script === 'receive' && bytes > 2 * mebibyte && cuts++ < 3;
    const steps = new Set<string>();
    const model = await openStore(cluster).put(many, { onProgress: ({ step }) => steps.add(step) });
    assert.deepEqual([...steps], ['start-upload-pod', 'upload', 'verify']);
    assert.ok(cuts >= 3, `${cuts} connections were cut`);
    assert.ok(
      cluster.sent - many.size < 5 * mebibyte,
      `no more than the last block of each is sent again: ${cluster.sent}`,
    );
    for (const file of files) {
      assert.equal(await sha256Of(path.join(cluster.folder, 'cats/1.0', file.path)), file.sha256, file.path);
    }
    assert.deepEqual(
      (await everything(cluster.folder)).filter((name) => name.includes('/.')),
      [],
    );
    assert.deepEqual([model.kind, model.serves], [many.kind, many.serves]);
    assert.deepEqual(await openStore(cluster).list(), [asListed(model)]);
    assert.equal((await openStore(cluster).put(many)).isNew, false);
    await rm(folder, { recursive: true });
  });

  it("refuses files that would leave the model's folder before it starts anything", async () => {
    await using cluster = await FakeCluster.open();
    for (const file of ['../up', '/etc/passwd', 'a//b', '.', 'a\\b', 'a\nb', 'model-deck.json', '']) {
      const bad = withFile(archive, 'model-store/cats.mar', { path: file });
      await assert.rejects(openStore(cluster).put(bad), { category: 'invalid-input' }, file);
    }
    assert.equal(cluster.createdPods.length, 0);
  });

  it('reads all records by one command, and passes over what is no model', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    assert.deepEqual(await store.list(), []);
    const versions = ['10.0', '9.0', '1.0'];
    for (const version of versions) await store.put({ ...archive, version });
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(path.dirname(path.join(cluster.folder, file)), { recursive: true });
      await writeFile(path.join(cluster.folder, file), text);
    };
    const record = await readFile(path.join(cluster.folder, 'cats/1.0/model-deck.json'), 'utf8');
    await write('cats/renamed/model-deck.json', record);
    await write('cats/.2.0.0123456789ab.part/model-deck.json', record);
    await write('mine/1/model-deck.json', '{"archive":"../../../etc/passwd"}');
    await write('mine/2/model-deck.json', `\0./mine/2/model-deck.json\0${record}`);
    await write('mine/a\nb/model-deck.json', record);
    await write('notes.txt', '');
    cluster.execs.length = 0;
    const models = await store.list();
    assert.deepEqual(
      models.map(({ name, version }) => `${name} ${version}`),
      ['cats 1.0', 'cats 9.0', 'cats 10.0'],
    );
    assert.equal(cluster.execs.length, 1);
  });

  it('removes one version and only that', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    const first = await store.put(archive);
    const second = await store.put({ ...archive, version: '1.0.1' });
    await mkdir(path.join(cluster.folder, 'cats/.0.9.abcd.removed/model-store'), { recursive: true });
    await store.remove(first);
    assert.deepEqual(await store.list(), [asListed(second)]);
    assert.deepEqual(
      (await everything(cluster.folder)).filter((file) => !file.startsWith('cats/1.0.1')),
      ['cats'],
      'what an earlier removal has left goes too',
    );
    await assert.rejects(store.remove(first), { category: 'not-found', message: /"models" has no cats 1\.0/ });
    await store.remove(second);
    assert.deepEqual(await everything(cluster.folder), []);
    assert.equal(cluster.pods.size, 0);
  });

  it('shares one pod among those that come at the same time', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    await Promise.all([store.list(), store.put(archive), store.put({ ...archive, version: '2' }), store.list()]);
    assert.equal(cluster.createdPods.length, 1);
    assert.equal(cluster.pods.size, 0);
  });

  describe('with other tools in the image', () => {
    let folder: string;
    const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((file) => {
      try {
        return execFileSync(file, ['true']);
      } catch {
        return undefined;
      }
    });
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'model-deck-tools-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('works with those of busybox', { skip: busybox ? false : 'busybox is not installed' }, async () => {
      const tools = path.join(folder, 'busybox');
      await mkdir(tools);
      execFileSync(busybox ?? '', ['--install', '-s', tools]);
      const pod: PodTools = { shell: [path.join(tools, 'sh')], path: tools };
      await using cluster = await FakeCluster.open();
      cluster.tools = pod;
      cluster.cutsWhenSent = (bytes) => bytes === 3 * mebibyte;
      const store = openStore(cluster);
      const model = await store.put(archive);
      assert.deepEqual(await store.list(), [asListed(model)]);
      assert.deepEqual(await everything(cluster.folder), stored);
      assert.equal(await sha256Of(path.join(cluster.folder, 'cats/1.0/model-store/cats.mar')), archive.sha256);
      await store.remove(model);
      assert.deepEqual(await everything(cluster.folder), []);
    });

    it('names the tools that are missing', async () => {
      const tools = path.join(folder, 'few');
      await mkdir(tools);
      const which = (tool: string): string =>
        execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' }).trim();
      for (const tool of ['cat', 'date', 'df', 'head', 'mkdir', 'mv', 'rm', 'rmdir', 'sleep', 'touch', 'wc']) {
        await symlink(which(tool), path.join(tools, tool));
      }
      await using cluster = await FakeCluster.open();
      cluster.tools = { shell: [which('sh')], path: tools };
      await assert.rejects(openStore(cluster).put(archive), {
        category: 'missing-tool',
        message: /lacks .*: dd, sha256sum, sync\.$/,
        nextStep: { kind: 'open-setting', setting: 'modelDeck.upload.image' },
      });
      assert.deepEqual(await everything(cluster.folder), []);
      assert.equal(cluster.pods.size, 0);
      cluster.tools = systemTools;
    });
  });
});
