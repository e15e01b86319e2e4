import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ModelArchive } from '../../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { FakeCluster, systemTools } from './fakeCluster.ts';
import { everything, mebibyte, openStore, randomArchive } from './fixtures.ts';

const isRoot = process.getuid?.() === 0;

describe('a claim that takes no more', () => {
  let archive: ModelArchive;
  let folder: string;
  let reason: string | undefined;
  before(async () => {
    archive = await randomArchive(6 * mebibyte + 100);
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-small-'));
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], {
      encoding: 'utf8',
    });
    if (status !== 0) reason = `a small file system cannot be mounted here: ${stderr}`;
  });
  after(async () => {
    if (reason === undefined) execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
    await rm(archive.folder, { recursive: true });
  });

  it('is told before anything is sent', async (context) => {
    if (reason !== undefined) return context.skip(reason);
    const cluster = new FakeCluster(folder);
    writeFileSync(path.join(folder, 'filler'), Buffer.alloc(4 * mebibyte));
    await assert.rejects(openStore(cluster).put(archive), {
      category: 'no-space',
      message: 'The claim "models" could not receive cats 1.0: it has 4.0 MiB free, and 6.0 MiB more are needed.',
    });
    assert.equal(cluster.sent, 0);
    assert.deepEqual(await everything(folder), ['filler']);
    await rm(path.join(folder, 'filler'));
  });

  it('is told when somebody else fills it meanwhile, and gives back what was taken', async (context) => {
    if (reason !== undefined) return context.skip(reason);
    const cluster = new FakeCluster(folder);
    cluster.beforeExec = (script) => {
      if (script === 'receive') writeFileSync(path.join(folder, 'filler'), Buffer.alloc(4 * mebibyte));
    };
    await assert.rejects(openStore(cluster).put(archive), {
      category: 'no-space',
      message: /^The claim "models" could not receive cats 1\.0: it has (0 bytes|[\d.]+ KiB) free, and 6\.0 MiB more/,
      remedy: /enlarge it/,
    });
    assert.deepEqual(await everything(folder), ['filler']);
    assert.equal(cluster.pods.size, 0);
    await rm(path.join(folder, 'filler'));
  });

  it('is told when the answer is lost in the connection that breaks with it', async (context) => {
    if (reason !== undefined) return context.skip(reason);
    const cluster = new FakeCluster(folder);
    cluster.cutsWhenSent = (bytes, script) => {
      if (script !== 'receive' || bytes < mebibyte) return false;
      writeFileSync(path.join(folder, 'filler'), '');
      // As much as there is.
      spawnSync('dd', ['if=/dev/zero', `of=${path.join(folder, 'filler')}`, 'bs=4096']);
      return true;
    };
    await assert.rejects(openStore(cluster).put(archive), {
      category: 'no-space',
      message: /receive cats 1\.0: it has 0 bytes free, and 6\.0 MiB more are needed/,
    });
    await cluster.settled();
    assert.deepEqual(await everything(folder), ['filler']);
    await rm(path.join(folder, 'filler'));
  });

  it('is told when it is mounted for reading only', async (context) => {
    if (reason !== undefined) return context.skip(reason);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const cluster = new FakeCluster(folder);
    await assert.rejects(openStore(cluster).put(archive), { category: 'permission', message: /mounted read-only/ });
    assert.deepEqual(await openStore(cluster).list(), []);
    execFileSync('mount', ['-o', 'remount,rw', folder]);
  });

  it('is told who may not write there', async (context) => {
    await using cluster = await FakeCluster.open();
    await mkdir(path.join(cluster.folder, 'cats'));
    await chmod(cluster.folder, 0o755);
    await chmod(path.join(cluster.folder, 'cats'), 0o555);
    if (isRoot) cluster.tools = { ...systemTools, uid: 65_534 };
    const store = openStore(cluster, { uid: 65_534 });
    await assert.rejects(store.put(archive), {
      category: 'permission',
      message: /"models" could not receive cats 1\.0: user 65534 may not write there \(.*Permission denied\)/,
      remedy: /Set modelDeck\.upload\.runAsUser .* chown -R 65534 .*hostPath/,
    });
    assert.deepEqual(await everything(cluster.folder), ['cats']);
    await chmod(path.join(cluster.folder, 'cats'), 0o755);
    context.diagnostic(isRoot ? 'as another user' : 'as this user');
  });
});

describe('a claim with access modes', () => {
  let archive: ModelArchive;
  before(async () => {
    archive = await randomArchive(1000);
  });
  after(() => rm(archive.folder, { recursive: true }));

  const claimWith = (...accessModes: string[]) => ({
    metadata: { name: 'models' },
    status: { phase: 'Bound' as const, accessModes },
  });
  const predictor = {
    metadata: { name: 'cats-predictor-1' },
    spec: {
      nodeName: 'node-7',
      containers: [],
      volumes: [{ name: 'kserve-pvc-source', persistentVolumeClaim: { claimName: 'models' } }],
    },
    status: { phase: 'Running' as const },
  };

  it('can be listed, but not written to, when it is for reading', async () => {
    await using cluster = await FakeCluster.open();
    cluster.claim = claimWith('ReadOnlyMany');
    const store = openStore(cluster);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(cluster.createdPods[0]?.spec?.volumes?.[0]?.persistentVolumeClaim, {
      claimName: 'models',
      readOnly: true,
    });
    await assert.rejects(store.put(archive), { category: 'permission', message: /can only be read/ });
    assert.equal(cluster.execs.length, 1);
    assert.equal(cluster.pods.size, 0);
  });

  it('is reached on the node where it is, when it can be on one only', async () => {
    await using cluster = await FakeCluster.open();
    cluster.claim = claimWith('ReadWriteOnce');
    cluster.pods.set(predictor.metadata.name, predictor);
    await openStore(cluster).put(archive);
    assert.match(JSON.stringify(cluster.createdPods[0]?.spec?.['affinity']), /"metadata\.name".*"node-7"/);
    cluster.claim = claimWith('ReadWriteOnce', 'ReadWriteMany');
    await openStore(cluster).list();
    assert.equal(cluster.createdPods[1]?.spec?.['affinity'], undefined);
  });

  it('is not fought for when one pod has it for itself', async () => {
    await using cluster = await FakeCluster.open();
    cluster.claim = claimWith('ReadWriteOncePod');
    cluster.pods.set(predictor.metadata.name, predictor);
    const taken = { category: 'conflict', message: /one pod only, and cats-predictor-1 has it/ };
    await assert.rejects(openStore(cluster).put(archive), taken);
    assert.equal(cluster.createdPods.length, 0);
  });

  it('is missing, going, or lost', async () => {
    await using cluster = await FakeCluster.open();
    const store = openStore(cluster);
    cluster.claim = undefined;
    await assert.rejects(store.put(archive), {
      category: 'not-found',
      message: 'There is no claim "models" in ml.',
      remedy: /Create the PersistentVolumeClaim "models" in ml/,
    });
    cluster.claim = { ...claimWith('ReadWriteMany'), metadata: { name: 'models', deletionTimestamp: '2026-01-01' } };
    await assert.rejects(store.list(), { category: 'conflict', message: /is being deleted/ });
    cluster.claim = { metadata: { name: 'models' }, status: { phase: 'Lost' } };
    await assert.rejects(store.list(), { category: 'server', message: /has lost its volume/ });
    assert.equal(cluster.createdPods.length, 0);
  });

  it('goes while it is written to: the upload has failed, since all of it goes with the claim', async () => {
    await using cluster = await FakeCluster.open();
    cluster.claim = claimWith('ReadWriteMany');
    const put = openStore(cluster).put(archive, {
      onProgress: ({ step }) => {
        if (step !== 'verify') return;
        cluster.claim = {
          ...claimWith('ReadWriteMany'),
          metadata: { name: 'models', deletionTimestamp: '2026-01-01' },
        };
      },
    });
    await assert.rejects(put, { category: 'conflict', message: /"models" in ml is being deleted/ });
  });
});
