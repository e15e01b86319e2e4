import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError, type ErrorCategory } from '../../../src/foundation/error.ts';
import type { PackageStep } from '../../../src/packaging/kinds/packageKind.ts';
import type { ArchiveFormat, ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { packageModel } from '../../../src/packaging/kinds/torchserve/writeArchive.ts';
import { writeSpec } from '../../../src/packaging/spec/writeSpec.ts';
import { FolderStore } from '../../../src/stores/index.ts';
import { cannotMount, mountDisk, type MountedDisk } from '../foundation/mountedDisk.ts';

const formats: readonly ArchiveFormat[] = ['default', 'zip-store', 'tgz', 'no-archive'];
const spec: ModelSpec = { name: 'net', version: '1.0', weights: 'w.pt', handler: 'image_classifier' };

/** Fails with the category, and the sentence names the place. */
async function refuses(doing: Promise<unknown>, category: ErrorCategory, place: string): Promise<void> {
  await assert.rejects(doing, (error) => {
    assert.ok(ModelDeckError.is(error), String(error));
    assert.equal(error.category, category);
    assert.ok(error.message.includes(place), error.message);
    assert.ok(error.remedy, 'what to do about it');
    return true;
  });
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((item) => item.isFile()).map((item) => item.name);
}

describe('places that take no archive', { skip: cannotMount }, () => {
  let folder: string;
  let disk: MountedDisk;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-places-'));
    disk = mountDisk('1m');
    await writeFile(path.join(folder, 'w.pt'), randomBytes(3_000_000));
  });
  after(async () => {
    disk.unmount();
    await rm(folder, { recursive: true });
  });

  for (const archiveFormat of formats) {
    it(`${archiveFormat}: a full disk is named, and nothing is left on it`, async () => {
      const outputFolder = path.join(disk.folder, archiveFormat);
      const doing = packageModel({ folder, spec: { ...spec, archiveFormat }, outputFolder });
      await refuses(doing, 'no-space', outputFolder);
      assert.deepEqual(await filesIn(outputFolder), []);
    });
  }

  it('a store on a full disk keeps nothing of the model', async () => {
    const archive = await packageModel({ folder, spec, outputFolder: path.join(folder, 'package') });
    const store = new FolderStore(path.join(disk.folder, 'store'));
    await refuses(store.put(archive), 'no-space', disk.folder);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(await filesIn(path.join(disk.folder, 'store')), []);
  });

  it('a read-only folder is named: by the packager, the store and the writer of model-deck.yaml', async () => {
    const model = path.join(disk.folder, 'model');
    await mkdir(model);
    await writeFile(path.join(model, 'w.pt'), 'weights');
    const archive = await packageModel({ folder: model, spec, outputFolder: path.join(folder, 'small') });
    disk.makeReadOnly();
    await refuses(
      packageModel({ folder: model, spec, outputFolder: path.join(model, 'package') }),
      'permission',
      model,
    );
    await refuses(new FolderStore(path.join(disk.folder, 'other')).put(archive), 'permission', disk.folder);
    await refuses(writeSpec(path.join(model, 'model-deck.yaml'), spec), 'permission', model);
    assert.deepEqual(await filesIn(model), ['w.pt']);
  });
});

describe('cancelling a package at every step', () => {
  for (const archiveFormat of formats) {
    it(`${archiveFormat}: leaves nothing, whichever step it is`, async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-cancel-'));
      try {
        await writeFile(path.join(folder, 'w.pt'), Buffer.alloc(2_500_000, 'weights'));
        const order = { folder, spec: { ...spec, archiveFormat } };
        const told: string[] = [];
        const onProgress = ({ step, done }: { step: PackageStep; done?: number }): void =>
          void told.push(`${step} ${done ?? ''}`);
        await packageModel({ ...order, outputFolder: path.join(folder, 'whole') }, { onProgress });
        assert.ok(told.length >= 3, 'there is something between the first and the last step');
        for (const [turn, name] of told.entries()) {
          const outputFolder = path.join(folder, `cancelled ${turn}`);
          const abort = new AbortController();
          let count = 0;
          const task = { signal: abort.signal, onProgress: () => count++ === turn && abort.abort() };
          await assert.rejects(packageModel({ ...order, outputFolder }, task), { category: 'cancelled' }, name);
          assert.deepEqual(await filesIn(outputFolder), [], `after ${name}`);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
