import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { watchKubeconfig } from '../../../src/cluster/kubeconfig/watchKubeconfig.ts';
import { until } from './fakeApiServer.ts';

describe('watchKubeconfig', { timeout: 120_000 }, () => {
  let folder: string;
  let file: string;
  let changes: number;
  let end: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-watch-'));
    file = path.join(folder, 'config');
    changes = 0;
    await writeFile(file, 'one');
  });
  afterEach(async () => {
    end();
    await rm(folder, { recursive: true });
  });
  const start = (files = [file]) => {
    end = watchKubeconfig(files, () => (changes += 1));
  };
  /** Changes the file until it is noticed: watchers need a moment to begin. */
  async function change(how: (round: number) => Promise<void>): Promise<void> {
    const before = changes;
    for (let round = 0; changes === before; round += 1) {
      await how(round);
      const patience = Date.now() + 1000;
      await until(() => changes > before || Date.now() > patience);
    }
  }

  it('notices writing, and writing again after the file was replaced', async () => {
    start();
    await change((round) => writeFile(file, `two${'.'.repeat(round)}`));
    await change(async (round) => {
      const other = path.join(folder, 'other');
      await writeFile(other, `three${'.'.repeat(round)}`);
      await rename(other, file);
    });
    await change((round) => writeFile(file, `fourth${'.'.repeat(round)}`));
  });

  it('notices a file that goes and comes', async () => {
    start();
    await change(() => rm(file, { force: true }));
    await change((round) => writeFile(file, `back${'.'.repeat(round)}`));
  });

  it('takes many writes for one, and leaves other files alone', async () => {
    const sentinel = path.join(folder, 'sentinel');
    start([file, sentinel]);
    await change((round) => writeFile(sentinel, `${round}`));
    const before = changes;
    for (let round = 0; round < 20; round += 1) await writeFile(file, 'x'.repeat(round));
    await writeFile(path.join(folder, 'stranger'), 'x');
    await until(() => changes > before);
    assert.ok(changes - before < 20);
  });

  it('notices a file whose folder is not there yet', async () => {
    start([path.join(folder, 'kube', 'config')]);
    await mkdir(path.join(folder, 'kube'));
    await change((round) => writeFile(path.join(folder, 'kube', 'config'), `new${'.'.repeat(round)}`));
  });

  it('is silent when it has ended', async () => {
    start();
    await change((round) => writeFile(file, `two${'.'.repeat(round)}`));
    end();
    const before = changes;
    let others = 0;
    await writeFile(file, 'three, after the end');
    end = watchKubeconfig([file], () => (others += 1));
    for (let round = 0; others === 0; round += 1) {
      await writeFile(file, `four${'.'.repeat(round)}`);
      const patience = Date.now() + 1000;
      await until(() => others > 0 || Date.now() > patience);
    }
    assert.equal(changes, before);
  });
});
