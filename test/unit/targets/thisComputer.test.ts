import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel } from '../../../src/deploy/index.ts';
import { predict } from '../../../src/inference/index.ts';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { FolderStore } from '../../../src/stores/index.ts';
import type { DeploymentState } from '../../../src/targets/index.ts';
import type { ThisComputer } from '../../../src/targets/index.ts';
import { anyText } from '../anyText.ts';
import { packageSample, sampleFolder } from '../local/sampleArchive.ts';
import { openThisComputer } from './openThisComputer.ts';

describe('this computer', () => {
  let folder: string;
  let stateFolder: string;
  let store: FolderStore;
  let archive: ModelArchive;
  let target: ThisComputer;
  const open = (): Promise<ThisComputer> => openThisComputer(stateFolder);
  const cat = path.join(sampleFolder, 'photos', 'chelsea.jpg');
  const id = 'this-computer/cats';

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-target-'));
    stateFolder = path.join(folder, 'state');
    store = new FolderStore(path.join(folder, 'models'));
    archive = await packageSample(path.join(folder, 'package'));
    target = await open();
  });
  after(async () => {
    await target.dispose();
    await rm(folder, { recursive: true });
  });

  it('deploys an archive: stored, started, ready', async () => {
    const states: (DeploymentState | undefined)[] = [];
    const steps: string[] = [];
    const end = target.onDidChangeDeployments(() => states.push(target.deployments()[0]?.state));
    const order = { modelPackage: archive, store, target, name: 'cats', protocol: 'v1' } as const;
    const deployment = await deployModel(order, { onProgress: ({ step }) => steps.push(step) });
    end();
    assert.equal(deployment.state, 'ready');
    assert.equal(deployment.runtime, 'ONNX Runtime (native)');
    assert.deepEqual(states, ['starting', 'ready']);
    assert.deepEqual([...new Set(steps)], ['plan', 'upload', 'start-server', 'load-model', 'wait-ready']);
    assert.equal((await store.list()).length, 1);
  });

  it('is asked over the same path as a cluster, and sees the cat', async () => {
    const endpoint = await target.endpoint(id);
    const { predictions } = await predict({ endpoint, image: await readFile(cat), k: 3 });
    assert.deepEqual(predictions.map(({ label }) => label).sort(), ['Egyptian cat', 'tabby', 'tiger cat']);
  });

  it('is there after a reload, stopped, and starts when it is asked', async () => {
    await target.dispose();
    target = await open();
    assert.deepEqual(
      target.deployments().map(({ state }) => state),
      ['stopped'],
    );
    const [first, second] = await Promise.all([target.endpoint(id), target.endpoint(id)]);
    assert.equal(first.baseUrl, second.baseUrl);
    assert.equal(target.deployments()[0]?.state, 'ready');
  });

  it('a crash is told with its reason and does not take the others', async () => {
    const [model] = await store.list();
    assert.ok(model);
    const other = await target.deploy({ name: 'other', model, protocol: 'v2' });
    const { baseUrl } = await target.endpoint(id);
    const pid = await pidListening(Number(new URL(baseUrl).port));
    const failed = new Promise<void>((resolve) => {
      target.onDidChangeDeployments(() => target.deployments().some(({ state }) => state === 'failed') && resolve());
    });
    process.kill(pid, 'SIGKILL');
    await failed;
    const crashed = target.deployments().find((deployment) => deployment.id === id);
    assert.match(crashed?.reason ?? '', /SIGKILL/);
    assert.equal((await fetch(`${other.url}/v2/health/ready`)).status, 200);
    await assert.rejects(target.endpoint(id), { category: 'server', message: /SIGKILL/ });
    assert.match(await target.logs.read(id), /Ready at .*\n[^]*SIGKILL/);
    assert.equal((await target.lifecycle.start(id)).state, 'ready');
    await target.remove(other.id);
  });

  it('cancelling a deployment leaves none', async () => {
    const abort = new AbortController();
    const order = { modelPackage: archive, store, target, name: 'never', protocol: 'v1' } as const;
    const task = {
      signal: abort.signal,
      onProgress: ({ step }: { step: string }) => step === 'load-model' && abort.abort(),
    };
    await assert.rejects(deployModel(order, task), { category: 'cancelled' });
    assert.deepEqual(
      target.deployments().map(({ name }) => name),
      ['cats'],
    );
    assert.doesNotMatch(await readFile(path.join(stateFolder, 'deployments.json'), 'utf8'), /never/);
  });

  it('a model that cannot be loaded stays as failed, with its reason', async () => {
    const broken = await packageSample(path.join(folder, 'broken'), {
      name: 'broken',
      preprocessing: { resize: 9, crop: 9, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' },
    });
    const order = { modelPackage: broken, store, target, name: 'broken', protocol: 'v1' } as const;
    await assert.rejects(deployModel(order), {
      nextStep: { kind: 'show-deployment-log', deploymentId: 'this-computer/broken' },
    });
    const deployment = target.deployments().find(({ name }) => name === 'broken');
    assert.equal(deployment?.state, 'failed');
    assert.match(deployment?.reason ?? '', /crop/);
    await target.remove('this-computer/broken');
  });

  it('without TorchServe, other weights get one sentence and the two ways on; nothing is stored', async () => {
    const other = await packageSample(path.join(folder, 'other'), { name: 'other', handler: 'image_classifier' });
    const order = { modelPackage: other, store, target, name: 'other', protocol: 'v1' } as const;
    await assert.rejects(deployModel(order), {
      category: 'missing-tool',
      remedy: /Install torchserve.*or deploy to a cluster/,
      nextStep: { kind: 'open-setting', setting: 'modelDeck.python.path' },
    });
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['broken', 'cats'],
    );
  });

  it('does not serve an archive that was changed in the store', async () => {
    const [, model] = await store.list();
    assert.ok(model?.archivePath);
    const whole = await readFile(model.archivePath);
    await target.lifecycle.stop(id);
    const forged = Buffer.from(whole);
    forged[forged.length >> 1] = (forged[forged.length >> 1] ?? 0) ^ 1;
    await writeFile(model.archivePath, forged);
    await assert.rejects(target.lifecycle.start(id));
    await writeFile(model.archivePath, whole);
    assert.equal((await target.lifecycle.start(id)).state, 'ready');
  });

  it('sets a list of deployments aside that it cannot read', async () => {
    const other = path.join(folder, 'other-state');
    const file = path.join(other, 'deployments.json');
    stateFolder = other;
    const first = await open();
    assert.deepEqual(first.deployments(), []);
    await assert.rejects(first.lifecycle.start('this-computer/x'), { category: 'not-found' });
    await mkdir(other, { recursive: true });
    await writeFile(file, '[{"name": 1}]');
    assert.deepEqual((await open()).deployments(), []);
    assert.deepEqual(await readdir(other), ['deployments.json.broken']);
  });

  it('suggests names that it allows, for any model', () => {
    for (const [model, name] of [
      ['ResNet_18', 'resnet-18'],
      ['18_net_', 'net'],
      ['2024', 'model'],
      ['Überwachung', 'uberwachung'],
      ['a'.repeat(100), 'a'.repeat(63)],
    ] as const) {
      assert.equal(target.suggestName(model), name);
    }
    for (const text of anyText(2000, 90)) assert.equal(target.checkName(target.suggestName(text)), undefined, text);
    for (const name of ['', 'Cats', 'ca_ts', '1cat', 'cat-', 'a'.repeat(64)]) assert.ok(target.checkName(name), name);
  });

  it('keeps a deployment whose runtime this version does not have', async () => {
    const other = path.join(folder, 'newer-state');
    await mkdir(other);
    const [model] = await store.list();
    const record = { name: 'newer', model, protocol: 'v1', runtime: 'later' };
    await writeFile(path.join(other, 'deployments.json'), JSON.stringify([record]));
    stateFolder = other;
    const [deployment] = (await open()).deployments();
    assert.deepEqual([deployment?.name, deployment?.runtime, deployment?.state], ['newer', 'later', 'stopped']);
  });
});

/** The process that listens on a port of loopback, found in /proc or by lsof. */
async function pidListening(port: number): Promise<number> {
  const { execFileSync } = await import('node:child_process');
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  for (const pid of children.trim().split(/\s+/).map(Number)) {
    const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
    const inode = table
      .split('\n')
      .find((line) => line.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000`))
      ?.trim()
      .split(/\s+/)[9];
    const { readlink } = await import('node:fs/promises');
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (inode !== undefined && link === `socket:[${inode}]`) return pid;
    }
  }
  throw new Error(`Nobody listens on ${port}.`);
}
