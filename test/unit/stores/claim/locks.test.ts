import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import type { ModelArchive } from '../../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { isGone, newOwner, retireOwner } from '../../../../src/stores/claim/owner.ts';
import { FakeCluster } from './fakeCluster.ts';
import { everything, mebibyte, openStore, randomArchive, sha256Of } from './fixtures.ts';

/** As an owner of this computer, of a process that has ended. */
function deadOwner(): string {
  const id = newOwner();
  retireOwner(id);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return id.replace(`-${process.pid}-`, `-${pid}-`);
}

const stranger = '0123456789ab-1-00000000';

describe('two windows that upload the same version', () => {
  let archive: ModelArchive;
  let other: ModelArchive;
  before(async () => {
    archive = await randomArchive(18 * mebibyte + 7);
    other = await randomArchive(17 * mebibyte);
  });
  after(async () => {
    await rm(archive.folder, { recursive: true });
    await rm(other.folder, { recursive: true });
  });

  const inClaim = (cluster: FakeCluster): string => path.join(cluster.folder, 'cats/1.0/model-store/cats.mar');
  const hidden = async (cluster: FakeCluster): Promise<readonly string[]> =>
    (await everything(cluster.folder)).filter((name) => name.includes('/.'));
  const lock = async (cluster: FakeCluster, lease: string | undefined): Promise<void> => {
    const folder = path.join(cluster.folder, 'cats', '.1.0.lock');
    await mkdir(folder, { recursive: true });
    if (lease !== undefined) await writeFile(path.join(folder, 'lease'), `${lease}\n`);
  };
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  it('get the same model when they bring the same bytes, which are sent once', async () => {
    await using cluster = await FakeCluster.open();
    const steps: string[] = [];
    const [first, second] = await Promise.all([
      openStore(cluster).put(archive),
      openStore(cluster).put(archive, { onProgress: ({ step }) => steps.push(step) }),
    ]);
    assert.deepEqual({ ...first, isNew: true }, { ...second, isNew: true });
    assert.deepEqual([first.isNew, second.isNew].sort(), [false, true], 'one of them has put it there');
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.ok(cluster.sent < archive.size + 2000, `${cluster.sent} bytes were sent`);
    assert.deepEqual(await hidden(cluster), []);
    assert.equal(cluster.pods.size, 0);
  });

  it('get one model and one conflict when the bytes differ', async () => {
    await using cluster = await FakeCluster.open();
    const results = await Promise.allSettled([openStore(cluster).put(archive), openStore(cluster).put(other)]);
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    const lost = results.find(({ status }) => status === 'rejected');
    assert.ok(lost?.status === 'rejected' && ModelDeckError.is(lost.reason));
    assert.equal(lost.reason.category, 'conflict');
    assert.equal(await sha256Of(inClaim(cluster)), [archive, other][won]?.sha256);
    assert.deepEqual(await hidden(cluster), []);
  });

  it('do not wait for a window that is gone, and continue what it had sent', async () => {
    await using cluster = await FakeCluster.open();
    const bytes = await readFile(archive.path);
    const part = path.join(cluster.folder, 'cats', `.1.0.${archive.sha256.slice(0, 12)}.part`);
    await mkdir(part, { recursive: true });
    await writeFile(path.join(part, `1-${archive.sha256.slice(0, 12)}.0123abcd`), bytes.subarray(0, 16 * mebibyte + 5));
    await writeFile(path.join(part, '2-0123456789ab.0123abcd'), 'half a rec');
    await lock(cluster, `${deadOwner()} ${inAnHour}`);
    await openStore(cluster).put(archive);
    assert.ok(cluster.sent < 3 * mebibyte, 'the rest only');
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.deepEqual(await hidden(cluster), []);
  });

  it('wait for a window on another computer until its time is over', async () => {
    await using cluster = await FakeCluster.open();
    await lock(cluster, `${stranger} ${Math.floor(Date.now() / 1000) + 2}`);
    let looks = 0;
    cluster.beforeExec = (script) => void (looks += script === 'begin' ? 1 : 0);
    await openStore(cluster).put(archive);
    assert.ok(looks > 2);
    assert.deepEqual(await hidden(cluster), []);
  });

  it('can give up waiting', async () => {
    await using cluster = await FakeCluster.open();
    await lock(cluster, `${stranger} ${inAnHour}`);
    const abort = new AbortController();
    let looks = 0;
    cluster.beforeExec = () => void (++looks === 3 && abort.abort());
    const upload = openStore(cluster).put(archive, { signal: abort.signal });
    await assert.rejects(upload, { category: 'cancelled' });
    assert.deepEqual(await everything(cluster.folder), ['cats', 'cats/.1.0.lock', 'cats/.1.0.lock/lease']);
    assert.equal(cluster.pods.size, 0);
  });

  it('break a lock whose owner never wrote its name', async () => {
    await using cluster = await FakeCluster.open();
    await lock(cluster, undefined);
    await openStore(cluster).put(archive);
    assert.deepEqual(await hidden(cluster), []);
  });

  it('notice that another one has taken over, and find its model', async () => {
    await using cluster = await FakeCluster.open();
    let isTaken = false;
    cluster.cutsWhenSent = (bytes, script) => {
      if (script === 'receive' && bytes > mebibyte && !isTaken) {
        isTaken = true;
        void lock(cluster, `${stranger} ${Math.floor(Date.now() / 1000) + 1}`);
      }
      return false;
    };
    await openStore(cluster, { pace: { renewal: 20 } }).put(archive);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.deepEqual(await hidden(cluster), []);
    assert.ok(cluster.execs.some(({ script }) => script === 'renew'));
  });

  it('throw away what nobody continues, and nothing else', async () => {
    await using cluster = await FakeCluster.open();
    const week = 7 * 24 * 3600;
    const now = Math.floor(Date.now() / 1000);
    const part = async (name: string, lease: number): Promise<void> => {
      const folder = path.join(cluster.folder, name);
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'lease'), `${stranger} ${lease}\n`);
    };
    await part('cats/.1.0.aaaaaaaaaaaa.part', now);
    await part('cats/.1.0.1.bbbbbbbbbbbb.part', now);
    await part('cats/.2.0.cccccccccccc.part', now - week - 60);
    await part('dogs/.1.0.dddddddddddd.part', now - week - 60);
    await part('dogs/.1.0.lock', now - week - 60);
    await part('pets/.1.0.eeeeeeeeeeee.part', now - week + 600);
    await mkdir(path.join(cluster.folder, 'pets/1.0.part'));
    await openStore(cluster).put(archive);
    assert.deepEqual((await readdir(path.join(cluster.folder, 'cats'))).sort(), ['.1.0.1.bbbbbbbbbbbb.part', '1.0']);
    assert.deepEqual((await readdir(cluster.folder)).sort(), ['cats', 'pets']);
    assert.deepEqual((await readdir(path.join(cluster.folder, 'pets'))).sort(), ['.1.0.eeeeeeeeeeee.part', '1.0.part']);
  });
});

describe('the owner of a lock or pod', () => {
  it('fits into a label, lives until it retires, and is told from strangers and the dead', () => {
    const id = newOwner();
    assert.match(id, /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
    assert.equal(isGone(id), false);
    retireOwner(id);
    assert.equal(isGone(id), true);
    assert.equal(isGone(deadOwner()), true);
    assert.equal(isGone(id.replace(`-${process.pid}-`, `-${process.ppid}-`)), false, 'a process that lives');
    for (const unknown of [stranger, '', '-', 'somebody']) assert.equal(isGone(unknown), false, unknown);
  });
});
