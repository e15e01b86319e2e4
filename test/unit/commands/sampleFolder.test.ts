import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copySample, intend, isSample, markerFile, takeIntent } from '../../../src/commands/sample/sampleFolder.ts';

describe('the folder of the sample', () => {
  let folder: string;
  let samples: string;
  let home: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-sample-'));
    samples = path.join(folder, 'samples');
    home = path.join(folder, 'home');
    await mkdir(path.join(samples, 'efficientnet-lite0'), { recursive: true });
    await writeFile(path.join(samples, 'efficientnet-lite0', 'model-deck.yaml'), 'name: efficientnet-lite0\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is a copy with a marker, and the same one the next time', async () => {
    const sample = await copySample(samples, home);
    assert.ok(await isSample(sample));
    assert.match(await readFile(path.join(sample, markerFile), 'utf8'), /copy of the sample/);
    await writeFile(path.join(sample, 'notes.txt'), 'mine');
    assert.equal(await copySample(samples, home), sample);
    assert.equal(await readFile(path.join(sample, 'notes.txt'), 'utf8'), 'mine', 'nothing of the user is overwritten');
  });

  it('is not made over something else, and leaves nothing half made', async () => {
    const taken = path.join(home, 'model-deck-sample');
    await mkdir(taken, { recursive: true });
    await writeFile(path.join(taken, 'thesis.tex'), '');
    await assert.rejects(copySample(samples, home), { category: 'conflict' });
    await assert.rejects(stat(`${taken}.part`));
  });

  it('lets "Open Sample" go on in the next window once, and not in one that is opened much later', async () => {
    const sample = await copySample(samples, home);
    assert.equal(await takeIntent(sample), false, 'nobody wants it yet');
    await intend(sample);
    assert.equal(await takeIntent(sample), true);
    assert.equal(await takeIntent(sample), false);
    await writeFile(path.join(sample, markerFile), JSON.stringify({ openedAt: Date.now() - 11 * 60_000 }));
    assert.equal(await takeIntent(sample), false);
  });

  it('goes on nowhere by a marker that somebody has broken, or a folder without one', async () => {
    assert.equal(await takeIntent(folder), false);
    await writeFile(path.join(folder, markerFile), '{');
    assert.equal(await takeIntent(folder), false);
  });
});
