import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { readFile, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, describe, it } from 'node:test';
import { openConnection, type ClusterConnection } from '../../src/cluster/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import { ClaimStore, type ClaimStoreOptions, type UploadStep } from '../../src/stores/index.ts';
import type { Progress } from '../../src/foundation/task.ts';
import { everything, mebibyte, randomArchive, sha256Of } from '../unit/stores/claim/fixtures.ts';
import { waitUntilEqual } from '../waitUntil.ts';
import { sharedCluster } from './harness/sharedCluster.ts';

const cluster = sharedCluster();
const namespace = 'pvc-store';
const claim = 'models';

describe('a store in a claim of a real cluster', () => {
  let archive: ModelArchive;
  let folder: string | undefined;
  const connections: ClusterConnection[] = [];
  const archives: ModelArchive[] = [];

  before(async () => {
    await cluster.createNamespace(namespace);
    ({ folder } = await cluster.createClaim({ namespace, name: claim, accessModes: ['ReadWriteMany'] }));
    archive = await makeArchive(300 * mebibyte + 12_345);
  });
  after(async () => {
    for (const connection of connections) connection.close();
    for (const each of archives) await rm(each.folder, { recursive: true });
    await cluster.deleteNamespace(namespace);
  });
  afterEach(async () => {
    await nothingIsLeft();
  });

  async function makeArchive(size: number, name = 'cats'): Promise<ModelArchive> {
    const made = await randomArchive(size, { name });
    archives.push(made);
    return made;
  }

  async function connect(kubeconfig = cluster.kubeconfig): Promise<ClusterConnection> {
    const connection = await openConnection({
      files: [kubeconfig],
      contextName: 'model-deck-test',
      environment: process.env,
    });
    connections.push(connection);
    return connection;
  }

  async function open(
    options: Partial<ClaimStoreOptions> & { readonly kubeconfig?: string } = {},
  ): Promise<ClaimStore> {
    const { kubeconfig, ...rest } = options;
    return new ClaimStore({ connection: await connect(kubeconfig), namespace, claim, ...rest });
  }

  async function podNames(inNamespace = namespace): Promise<readonly string[]> {
    const names = await cluster.kubectl(['get', 'pods', '-n', inNamespace, '-o', 'jsonpath={.items[*].metadata.name}']);
    return names.split(' ').filter((name) => name !== '');
  }

  async function nothingIsLeft(): Promise<void> {
    await waitUntilEqual('the list of pods', () => podNames(), []);
    // A kubelet ends the commands of a pod with it. kwok leaves those waiting whose connection broke.
    for (const pid of commandsIn(folder)) end(pid);
  }

  async function removeAll(store: ClaimStore): Promise<void> {
    for (const model of await store.list()) await store.remove(model);
    if (folder !== undefined) assert.deepEqual(await everything(folder), []);
  }

  async function assertStored(store: ClaimStore, { name, version, sha256, size }: ModelArchive): Promise<void> {
    const found = (await store.list()).find((model) => model.name === name && model.version === version);
    assert.equal(found?.sha256, sha256);
    assert.equal(found?.size, size);
    if (folder === undefined) return;
    const inClaim = path.join(folder, name, version);
    assert.equal(await sha256Of(path.join(inClaim, 'model-store', `${name}.mar`)), sha256);
    assert.match(await readFile(path.join(inClaim, 'config', 'config.properties'), 'utf8'), /model_store/);
    const hidden = (await everything(folder)).filter((file) => /(^|\/)\./.test(file));
    assert.deepEqual(hidden, []);
  }

  /** Calls back once, when that part of the archive has left. */
  const atShare = (share: number, then: () => void): ((progress: Progress<UploadStep>) => void) => {
    let isDone = false;
    return ({ step, done = 0, total = 1 }) => {
      if (isDone || step !== 'upload' || done / total < share) return;
      isDone = true;
      then();
    };
  };

  it('uploads by a pod of the cluster\'s own image that a "restricted" namespace takes', async () => {
    const restricted = `${namespace}-restricted`;
    await cluster.createNamespace(restricted);
    const level = 'pod-security.kubernetes.io/enforce=restricted';
    await cluster.kubectl(['label', 'namespace', restricted, level]);
    await cluster.createClaim({ namespace: restricted, name: claim });
    const small = await makeArchive(3 * mebibyte + 1);
    for (const uid of [undefined, null]) {
      const store = await open({ namespace: restricted, uid });
      let images: Promise<string> | undefined;
      const model = await store.put(small, {
        onProgress: atShare(0, () => {
          const path = 'jsonpath={.items[*].spec.containers[*].image}';
          images = cluster.kubectl(['get', 'pods', '-n', restricted, '-o', path]);
        }),
      });
      assert.equal(model.storageUri, 'pvc://models/cats/1.0');
      assert.match((await images) ?? '', /storage-initializer/);
      assert.deepEqual(
        (await store.list()).map(({ sha256 }) => sha256),
        [small.sha256],
      );
      await store.remove(model);
    }
  });

  it(
    'continues and verifies 300 MB whose connection is cut in the middle, for half a minute',
    { skip: cluster.cannot('proxy') },
    async () => {
      const store = await open({ kubeconfig: cluster.proxiedKubeconfig ?? '' });
      const sent = await cluster.bytesUp();
      await cluster.dropAfter({ bytes: 150 * mebibyte, refuseFor: 30_000 });
      await store.put(archive);
      const bytes = (await cluster.bytesUp()) - sent;
      assert.ok(bytes < 1.15 * archive.size, `${bytes} bytes went up`);
      await assertStored(store, archive);
      await removeAll(store);
    },
  );

  it('shows no part of a model whose window was closed; the next one sweeps its pod and continues', async () => {
    const medium = await makeArchive(160 * mebibyte);
    const window = await uploadElsewhere(medium, 0.4);
    window.kill('SIGKILL');
    await once(window, 'exit');
    const left = await podNames();
    assert.equal(left.length, 1, 'its pod is still there');
    const store = await open();
    assert.deepEqual(await store.list(), []);
    assert.ok(!(await podNames()).includes(left[0] ?? ''), 'its pod was swept');
    if (folder !== undefined) assert.ok(!(await everything(folder)).includes('cats/1.0'));
    let first: number | undefined;
    await store.put(medium, {
      onProgress: ({ step, done }) => {
        if (step === 'upload') first ??= done;
      },
    });
    assert.ok((first ?? 0) > 0.2 * medium.size, `it continues at ${first} of ${medium.size}`);
    await assertStored(store, medium);
    await removeAll(store);
  });

  it('gets another pod when its own is deleted', async () => {
    const store = await open();
    const medium = await makeArchive(120 * mebibyte);
    let deleted: Promise<unknown> | undefined;
    await store.put(medium, {
      onProgress: atShare(0.3, () => {
        deleted = podNames().then(([name = '']) =>
          cluster.kubectl(['delete', 'pod', '-n', namespace, name, '--wait=false']),
        );
      }),
    });
    await deleted;
    await assertStored(store, medium);
    await removeAll(store);
  });

  it('leaves nothing when it is cancelled', async () => {
    const abort = new AbortController();
    const store = await open();
    const upload = store.put(archive, { signal: abort.signal, onProgress: atShare(0.2, () => abort.abort()) });
    await assert.rejects(upload, { category: 'cancelled' });
    assert.deepEqual(await podNames(), []);
    await nothingIsLeft();
    if (folder !== undefined) assert.deepEqual(await everything(folder), []);
    assert.deepEqual(await store.list(), []);
  });

  it('takes two windows with the same version', async () => {
    const medium = await makeArchive(60 * mebibyte);
    const stores = await Promise.all([open(), open()]);
    const stored = await Promise.all(stores.map((store) => store.put(medium)));
    assert.deepEqual(stored.map(({ isNew }) => isNew).sort(), [false, true], 'one of them finds it there');
    const [one, two] = stored.map((model) => ({ ...model, isNew: true }));
    assert.deepEqual(one, two);
    assert.ok(stores[0]);
    await assertStored(stores[0], medium);
    await removeAll(stores[0]);
  });

  describe('says what is in its way:', () => {
    let small: ModelArchive;
    before(async () => {
      small = await makeArchive(1000, 'small');
    });

    it('a claim that is too small, and one that fills up', { skip: cluster.cannot('claimFolder') }, async (context) => {
      const size = 64 * mebibyte;
      let full: string | undefined;
      try {
        ({ folder: full } = await cluster.createClaim({ namespace, name: 'small', fullAt: size }));
      } catch (error) {
        return context.skip((error as Error).message);
      }
      assert.ok(full !== undefined);
      const room = path.join(full, 'filler');
      const store = await open({ claim: 'small' });
      await assert.rejects(store.put(archive), {
        category: 'no-space',
        message: /"small" could not receive cats 1\.0: it has 6\d\.\d MiB free, and 300\.0 MiB more are needed/,
      });
      const medium = await makeArchive(48 * mebibyte);
      const fill = (): void => writeFileSync(room, Buffer.alloc(40 * mebibyte));
      const upload = store.put(medium, { onProgress: atShare(0, fill) });
      await assert.rejects(upload, { category: 'no-space', message: /"small" could not receive cats 1\.0: it has/ });
      assert.deepEqual(await everything(full), ['filler']);
      assert.equal((await statfs(full)).bfree > 0, true, 'what it took was given back');
    });

    it('a claim that does not exist', async () => {
      const store = await open({ claim: 'elsewhere' });
      await assert.rejects(store.put(small), {
        category: 'not-found',
        message: 'There is no claim "elsewhere" in pvc-store.',
        remedy: /Create the PersistentVolumeClaim "elsewhere" in pvc-store/,
      });
    });

    it('a claim without a volume', async () => {
      await cluster.createClaim({ namespace, name: 'pending', unbound: true });
      const store = await open({ claim: 'pending', pace: { trouble: 0.1 } });
      await assert.rejects(store.put(small), {
        category: 'not-found',
        message: /The PersistentVolumeClaim pending has no volume/,
      });
    });

    it('an image that does not exist', async () => {
      const store = await open({ image: 'registry.example/does-not-exist:1' });
      await assert.rejects(store.put(small), {
        category: 'not-found',
        message: /registry\.example\/does-not-exist:1/,
        nextStep: { kind: 'open-setting', setting: 'modelDeck.upload.image' },
      });
    });

    it('a quota', async () => {
      await cluster.kubectl(['create', 'quota', 'none', '-n', namespace, '--hard=pods=0']);
      const hard = ['get', 'quota', 'none', '-n', namespace, '-o', 'jsonpath={.status.hard.pods}'];
      await waitUntilEqual('the quota that is counted', () => cluster.kubectl(hard), '0');
      await assert.rejects((await open()).put(small), {
        category: 'forbidden',
        message: /The quota none of the namespace pvc-store is used up/,
      });
      await cluster.kubectl(['delete', 'quota', 'none', '-n', namespace]);
    });

    const everythingButExec = [
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims', 'events'], verbs: ['get', 'list'] },
    ];

    it('the permission to run commands in pods', async () => {
      const kubeconfig = await cluster.userKubeconfig({ name: 'no-exec', namespace, rules: everythingButExec });
      const store = await open({ kubeconfig, image: 'tools:1' });
      await assert.rejects(store.put(small), {
        category: 'forbidden',
        message: /"models" is read and written through a pod\. .*pods\/exec/,
        remedy: /"create" and "get" on "pods\/exec" in pvc-store/,
      });
    });

    it('the permission to make pods', async () => {
      const rules = [{ apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get'] }];
      const kubeconfig = await cluster.userKubeconfig({ name: 'no-pods', namespace, rules });
      const store = await open({ kubeconfig, image: 'tools:1' });
      await assert.rejects(store.put(small), {
        category: 'forbidden',
        message: /may not create pods in the namespace pvc-store/,
        remedy: /create, get, list and delete on pods, and create and get on pods\/exec/,
      });
    });

    it('the permission to know which image the cluster has', async () => {
      const kubeconfig = await cluster.userKubeconfig({ name: 'no-image', namespace, rules: everythingButExec });
      await assert.rejects((await open({ kubeconfig })).put(small), {
        category: 'not-found',
        nextStep: { kind: 'open-setting', setting: 'modelDeck.upload.image' },
      });
    });
  });

  it('goes to the node that has the claim', { skip: cluster.cannot('claimFolder') }, async () => {
    const single = 'single';
    await cluster.createClaim({ namespace, name: single, accessModes: ['ReadWriteOnce'] });
    const node = cluster.nodeNames.at(-1) ?? '';
    const user = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'user', namespace },
      spec: {
        nodeName: node,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'user', image: 'user:1', volumeMounts: [{ name: 'claim', mountPath: '/claim' }] }],
        volumes: [{ name: 'claim', persistentVolumeClaim: { claimName: single } }],
      },
    };
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(user) });
    await cluster.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'pod/user', '--timeout=60s']);
    let nodes: Promise<string> | undefined;
    // Large enough that its pod is still there when kubectl asks.
    const medium = await makeArchive(60 * mebibyte);
    const store = await open({ claim: single });
    await store.put(medium, {
      onProgress: atShare(0, () => {
        nodes = cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].spec.nodeName}']);
      }),
    });
    assert.equal(await nodes, `${node} ${node}`);
    await cluster.kubectl(['delete', 'pod', '-n', namespace, 'user']);
  });
});

/** Uploads in another process, which is a window of its own; resolves when that part of the archive has left. */
async function uploadElsewhere(archive: ModelArchive, share: number): Promise<ReturnType<typeof spawn>> {
  const order = JSON.stringify({ archive, kubeconfig: cluster.kubeconfig, namespace, claim });
  const script = path.join(import.meta.dirname, 'uploadWindow.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= share * archive.size) return child;
  }
  throw new Error('The upload ended before it came that far.');
}

function end(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It was quicker.
  }
}

/** Processes of this machine whose working folder is in the claim. */
function commandsIn(folder: string | undefined): readonly number[] {
  if (folder === undefined || process.platform !== 'linux') return [];
  const isThere = (pid: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      // It has ended, or is somebody else's.
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isThere(entry))
    .map(Number);
}
