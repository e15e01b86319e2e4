import assert from 'node:assert/strict';
import { open, readFile, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import type { ModelArchive } from '../../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { FakeCluster } from './fakeCluster.ts';
import { everything, mebibyte, openStore, randomArchive, sha256Of, withFile } from './fixtures.ts';

const unreachable = (): never => {
  throw new ModelDeckError('unreachable', 'Nothing listens there.', { remedy: 'Start the cluster.' });
};

describe('an upload that is interrupted', () => {
  let archive: ModelArchive;
  before(async () => {
    archive = await randomArchive(20 * mebibyte + 4321);
  });
  after(() => rm(archive.folder, { recursive: true }));

  const inClaim = (cluster: FakeCluster): string => path.join(cluster.folder, 'cats/1.0/model-store/cats.mar');
  const partial = async (cluster: FakeCluster): Promise<string> => {
    const file = (await everything(cluster.folder)).find((name) => /\.part\/1-[0-9a-f]{12}\.\w+$/.test(name));
    assert.ok(file);
    return path.join(cluster.folder, file);
  };

  it('continues after each broken connection, wherever it breaks', async () => {
    await using cluster = await FakeCluster.open();
    // Of each command the first 300 000 to 9 000 000 bytes pass.
    const limits = [1, 300_000, 5_000_001, 3 * mebibyte, 9_000_000, 65_536];
    let cuts = 0;
    cluster.cutsWhenSent = (bytes, script) => {
      const limit = limits[cuts];
      if (script !== 'receive' || limit === undefined || bytes < limit) return false;
      cuts += 1;
      return true;
    };
    await openStore(cluster).put(archive);
    assert.equal(cuts, limits.length);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    const wasted = cluster.sent - archive.size;
    assert.ok(wasted < limits.length * 1.5 * mebibyte, `no more than the last block is sent again: ${wasted}`);
    assert.equal(cluster.createdPods.length, 1);
    assert.equal(cluster.pods.size, 0);
  });

  it('continues when any of its commands breaks off', async () => {
    for (const script of ['begin', 'receive', 'commit']) {
      await using cluster = await FakeCluster.open();
      let times = 0;
      cluster.beforeExec = (name) => {
        if (name === script && cluster.execs.length > 0 && times++ === 0) unreachable();
      };
      cluster.cutsWhenSent = (bytes) => times === 0 && script === 'begin' && bytes > mebibyte;
      await openStore(cluster).put(archive);
      assert.equal(times > 0, true, script);
      assert.equal(await sha256Of(inClaim(cluster)), archive.sha256, script);
      assert.deepEqual(
        (await everything(cluster.folder)).filter((name) => name.includes('/.')),
        [],
        script,
      );
    }
  });

  it('does not need the answer to its last command', async () => {
    await using cluster = await FakeCluster.open();
    const exec = cluster.exec.bind(cluster);
    let lost = 0;
    cluster.exec = async (command, task) => {
      const result = await exec(command, task);
      if (command.command[3] === 'commit' && lost++ === 0) unreachable();
      return result;
    };
    const model = await openStore(cluster).put(archive);
    assert.equal(model.sha256, archive.sha256);
    assert.equal(lost, 1);
  });

  it('outlasts an API server that is away', async () => {
    await using cluster = await FakeCluster.open();
    let away = 0;
    const down = (): void => {
      if (away > 0 && away-- > 0) unreachable();
    };
    cluster.beforeExec = down;
    cluster.beforeRequest = down;
    cluster.cutsWhenSent = (bytes, script) => {
      if (script !== 'receive' || bytes < 7 * mebibyte || cluster.execs.length > 2) return false;
      away = 20;
      return true;
    };
    await openStore(cluster).put(archive);
    assert.equal(away, 0);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
  });

  it('says how far it came when patience is at its end, and continues there the next time', async () => {
    await using cluster = await FakeCluster.open();
    let isDown = false;
    const down = (): void => {
      if (isDown) unreachable();
    };
    cluster.beforeExec = down;
    cluster.beforeRequest = down;
    cluster.cutsWhenSent = (bytes) => (isDown ||= bytes >= 17 * mebibyte);
    await assert.rejects(openStore(cluster, { pace: { patience: 200 } }).put(archive), {
      category: 'unreachable',
      message: /cats 1\.0 .*"models": Nothing listens there/,
      remedy: /Start the cluster\. Deploying again continues at 8\d%\./,
    });
    assert.ok(!(await everything(cluster.folder)).includes('cats/1.0'));
    const { sent } = cluster;
    cluster.cutsWhenSent = () => false;
    isDown = false;
    await cluster.settled();
    const store = openStore(cluster);
    await store.put(archive);
    assert.ok(cluster.sent - sent < 5 * mebibyte, 'the rest only');
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.deepEqual(cluster.pods.size, 0, 'the pod that could not be deleted is swept');
  });

  it('begins again when what lies there is not what it sent', async () => {
    await using cluster = await FakeCluster.open();
    let isCut = false;
    cluster.cutsWhenSent = (bytes) => !isCut && (isCut = bytes >= 9 * mebibyte);
    cluster.beforeExec = async (script) => {
      if (script !== 'digest') return;
      await cluster.settled();
      const file = await open(await partial(cluster), 'r+');
      await file.write('spoiled', 1000);
      await file.close();
      cluster.beforeExec = () => undefined;
    };
    await openStore(cluster).put(archive);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.ok(cluster.sent > archive.size + 9 * mebibyte);
    assert.deepEqual(
      (await everything(cluster.folder)).filter((name) => name.includes('/.')),
      [],
    );
  });

  it('begins again when its bytes were spoiled on the way, and gives up when they always are', async () => {
    await using cluster = await FakeCluster.open();
    let spoils = 1;
    const exec = cluster.exec.bind(cluster);
    cluster.exec = async (command, task) => {
      if (command.command[3] !== 'receive' || !command.command[4]?.includes('.part/1-') || spoils === 0) {
        return exec(command, task);
      }
      spoils -= 1;
      command.stdin?.once('data', (chunk: Buffer) => chunk.fill(0, 0, 10));
      return exec(command, task);
    };
    await openStore(cluster).put(archive);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    spoils = Infinity;
    const other = openStore(cluster, { pace: { patience: 0 } }).put({ ...archive, version: '2' });
    await assert.rejects(other, { category: 'server', message: /not what was sent/ });
    assert.ok(!(await everything(cluster.folder)).some((name) => name.startsWith('cats/2')));
  });

  it('is not disturbed by what an earlier command still had on its way', async () => {
    await using cluster = await FakeCluster.open();
    const bytes = await readFile(archive.path);
    let isCut = false;
    const zombies: (() => void)[] = [];
    cluster.cutsWhenSent = (sent, script) => {
      if (isCut || script !== 'receive' || sent < 6 * mebibyte) return false;
      return (isCut = true);
    };
    // The kubelet of the first connection goes on with three more blocks after the second one has begun.
    cluster.late = (child) => {
      const at = cluster.execs.at(-1)?.sent ?? 0;
      zombies.push(() => child.stdin?.end(bytes.subarray(at, at + 3 * mebibyte)));
    };
    cluster.beforeExec = (script) => {
      if (script === 'receive') for (const zombie of zombies.splice(0)) zombie();
    };
    await openStore(cluster).put(archive);
    await cluster.settled();
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
  });

  it('gets a new pod when its own is gone', async () => {
    await using cluster = await FakeCluster.open();
    cluster.cutsWhenSent = (bytes) => {
      if (bytes < 8 * mebibyte || cluster.createdPods.length > 1) return false;
      cluster.pods.clear();
      return true;
    };
    await openStore(cluster).put(archive);
    assert.equal(cluster.createdPods.length, 2);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.equal(cluster.pods.size, 0);
  });

  it('fails at once when the cluster was never reached', async () => {
    await using cluster = await FakeCluster.open();
    let asked = 0;
    cluster.beforeRequest = () => {
      asked += 1;
      unreachable();
    };
    await assert.rejects(openStore(cluster).put(archive), { category: 'unreachable', message: /Nothing listens/ });
    assert.ok(asked <= 3, `${asked} requests`);
  });

  it('notices a command that says nothing any more', async () => {
    await using cluster = await FakeCluster.open();
    let stalls = 0;
    const exec = cluster.exec.bind(cluster);
    cluster.exec = (command, task) => {
      if (command.command[3] !== 'receive' || stalls++ > 0) return exec(command, task);
      return new Promise((_resolve, reject) => {
        task?.signal?.addEventListener('abort', () => reject(ModelDeckError.cancelled()), { once: true });
      });
    };
    await openStore(cluster, { pace: { silence: 500 } }).put(archive);
    assert.equal(await sha256Of(inClaim(cluster)), archive.sha256);
    assert.ok(stalls > 1);
  });

  it('is cancelled at every step without leaving anything', async () => {
    const scripts = ['begin', 'receive', 'commit'];
    const moments: ((cluster: FakeCluster, abort: () => void) => void)[] = [
      ...['get', 'create'].map((verb) => (cluster: FakeCluster, abort: () => void) => {
        cluster.beforeRequest = (asked) => void (asked === verb && abort());
      }),
      ...scripts.map((script) => (cluster: FakeCluster, abort: () => void) => {
        cluster.beforeExec = (name) => void (name === script && abort());
      }),
      (cluster, abort) => {
        cluster.podStatus = () => ({ phase: 'Pending' });
        const create = cluster.create.bind(cluster);
        cluster.create = async (...args) => {
          const created = await create(...args);
          abort();
          return created;
        };
      },
      (cluster, abort) => {
        cluster.cutsWhenSent = (bytes) => {
          if (bytes === 12 * mebibyte) abort();
          return false;
        };
      },
    ];
    for (const [index, arrange] of moments.entries()) {
      await using cluster = await FakeCluster.open();
      const abort = new AbortController();
      arrange(cluster, () => abort.abort());
      const upload = openStore(cluster).put(archive, { signal: abort.signal });
      await assert.rejects(upload, { category: 'cancelled' }, `moment ${index}`);
      assert.equal(cluster.pods.size, 0, `moment ${index}`);
      await cluster.settled();
      assert.deepEqual(await everything(cluster.folder), [], `moment ${index}`);
    }
    await using cluster = await FakeCluster.open();
    const before = openStore(cluster).put(archive, { signal: AbortSignal.abort() });
    await assert.rejects(before, { category: 'cancelled' });
    assert.equal(cluster.createdPods.length, 0);
  });
});

describe('an archive that is not what it says', () => {
  let archive: ModelArchive;
  before(async () => {
    archive = await randomArchive(6 * mebibyte + 10);
  });
  after(() => rm(archive.folder, { recursive: true }));

  it('is refused before anything is started when its size is another one', async () => {
    await using cluster = await FakeCluster.open();
    for (const size of [archive.size - 1, archive.size + 1, 2 * archive.size]) {
      const upload = openStore(cluster).put(withFile(archive, 'model-store/cats.mar', { size }));
      await assert.rejects(upload, { category: 'conflict', message: /has changed since it was packaged/ });
    }
    const missing = withFile(archive, 'model-store/cats.mar', { source: '/nowhere/x.mar' });
    await assert.rejects(openStore(cluster).put(missing), { category: 'not-found' });
    assert.equal(cluster.createdPods.length, 0);
  });

  it('leaves nothing when it has other bytes, becomes shorter, or has lost its configuration', async () => {
    const changes: ((copy: ModelArchive) => Promise<void>)[] = [
      async ({ path: file, size }) => {
        const handle = await open(file, 'r+');
        await handle.write('changed', size - 100);
        await handle.close();
      },
      ({ path: file }) => truncate(file, 2 * mebibyte),
    ];
    for (const change of changes) {
      const copy = await randomArchive(6 * mebibyte);
      await using cluster = await FakeCluster.open();
      cluster.beforeExec = async (script) => {
        cluster.beforeExec = () => undefined;
        if (script === 'begin') await change(copy);
      };
      await assert.rejects(openStore(cluster).put(copy), {
        category: 'conflict',
        message: /has changed since it was packaged/,
      });
      await cluster.settled();
      assert.deepEqual(await everything(cluster.folder), []);
      assert.equal(cluster.pods.size, 0);
      await rm(copy.folder, { recursive: true });
    }
    await using cluster = await FakeCluster.open();
    const upload = openStore(cluster).put(
      withFile(archive, 'config/config.properties', { source: '/nowhere/config.properties' }),
    );
    await assert.rejects(upload, { category: 'not-found', message: /read the package.*nowhere.config\.properties/ });
    assert.equal(cluster.createdPods.length, 0);
    assert.deepEqual(await everything(cluster.folder), []);
  });
});
