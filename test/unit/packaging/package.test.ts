import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ModelDeckError, type ErrorCategory } from '../../../src/foundation/error.ts';
import type { PackageStep } from '../../../src/packaging/kinds/packageKind.ts';
import type { ArchiveFormat, ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { packageModel } from '../../../src/packaging/kinds/torchserve/writeArchive.ts';

const formats: readonly ArchiveFormat[] = ['default', 'zip-store', 'tgz', 'no-archive'];
const spec: ModelSpec = {
  name: 'net',
  version: '1.0',
  weights: 'w.pt',
  handler: 'image_classifier',
  labels: 'index_to_name.json',
};
const weights = Buffer.alloc(200_000, 'weights');

let scratch: string;
let folder: string;
let outputFolder: string;
before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'model-deck-package-'));
});
after(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(scratch, 'model-'));
  outputFolder = path.join(folder, 'package');
  await writeFile(path.join(folder, 'w.pt'), weights);
  await writeFile(path.join(folder, 'index_to_name.json'), '{"0":"cat"}');
  const time = new Date('2026-02-03T04:05:06.789Z');
  for (const file of ['w.pt', 'index_to_name.json']) await utimes(path.join(folder, file), time, time);
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Every file under a folder, relative. */
async function filesIn(where: string): Promise<readonly string[]> {
  const found = await readdir(where, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((item) => item.isFile())
    .map((item) => path.relative(where, path.join(item.parentPath, item.name)));
}

describe('packageModel', () => {
  for (const archiveFormat of formats) {
    it(`${archiveFormat}: the same input gives the same bytes, in any time zone`, async () => {
      const zone = process.env['TZ'];
      const digests: string[] = [];
      try {
        for (const timeZone of ['UTC', 'Asia/Tokyo']) {
          process.env['TZ'] = timeZone;
          digests.push(
            (await packageModel({ folder, spec: { ...spec, archiveFormat }, outputFolder, force: true })).sha256,
          );
        }
      } finally {
        if (zone === undefined) delete process.env['TZ'];
        else process.env['TZ'] = zone;
      }
      assert.equal(digests[0], digests[1]);
    });
  }

  it('tells the sha256 of the archive and of the weights', async () => {
    const made = await packageModel({ folder, spec, outputFolder });
    assert.equal(made.sha256, sha256(await readFile(made.path)));
    assert.equal(made.weightsSha256, sha256(weights));
    assert.equal(made.manifest.createdOn, '03/02/2026 04:05:06');
  });

  it('is what unzip reads, the manifest last', async () => {
    for (const archiveFormat of ['default', 'zip-store'] as const) {
      const { path: mar } = await packageModel({ folder, spec: { ...spec, archiveFormat }, outputFolder, force: true });
      const names = execFileSync('python3', [
        '-c',
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist())',
        mar,
      ]);
      assert.equal(names.toString().trim(), 'w.pt index_to_name.json MAR-INF/MANIFEST.json');
    }
  });

  it('writes a snapshot that agrees with the manifest', async () => {
    const made = await packageModel({ folder, spec, outputFolder });
    const config = await readFile(made.configProperties, 'utf8');
    const line = config.split('\n').find((text) => text.startsWith('model_snapshot='));
    const snapshot = JSON.parse((line ?? '').slice('model_snapshot='.length)) as {
      models: Record<string, Record<string, { marName: string }>>;
    };
    assert.equal(
      snapshot.models[made.manifest.model.modelName]?.[made.manifest.model.modelVersion]?.marName,
      'net.mar',
    );
  });

  async function fails(
    request: Partial<Parameters<typeof packageModel>[0]>,
    category: ErrorCategory,
    message: RegExp,
  ): Promise<void> {
    await assert.rejects(packageModel({ folder, spec, outputFolder, ...request }), (error) => {
      assert.ok(ModelDeckError.is(error), String(error));
      assert.equal(error.category, category);
      assert.match(error.message, message);
      return true;
    });
    const left = await filesIn(outputFolder);
    assert.deepEqual(
      left.filter((file) => file.endsWith('.part')),
      [],
    );
  }

  it('names missing weights', () => fails({ spec: { ...spec, weights: 'gone.pt' } }, 'not-found', /weights.*gone\.pt/));
  it('names a missing handler', () => fails({ spec: { ...spec, handler: 'mine' } }, 'not-found', /handler.*mine\.py/));
  it('names a pattern that matches nothing', () =>
    fails({ spec: { ...spec, extraFiles: ['*.txt'] } }, 'not-found', /\*\.txt/));
  it('refuses weights other than the spec means', () =>
    fails({ spec: { ...spec, provenance: { sha256: 'f'.repeat(64) } } }, 'conflict', /w\.pt.*sha256/));
  it('refuses to write into a file', async () => {
    await writeFile(outputFolder, '');
    await fails({}, 'not-found', /write the archive/);
  });

  it('leaves the older archive whole when it is not forced', async () => {
    const made = await packageModel({ folder, spec, outputFolder });
    await fails({}, 'conflict', /net\.mar is there already/);
    assert.equal(sha256(await readFile(made.path)), made.sha256);
  });

  for (const step of ['write-archive', 'write-config'] satisfies PackageStep[]) {
    it(`cancelled at ${step}, leaves the older archive and nothing half-written`, async () => {
      const before = await packageModel({ folder, spec, outputFolder });
      const abort = new AbortController();
      const task = {
        signal: abort.signal,
        onProgress: (progress: { step: string }) => progress.step === step && abort.abort(),
      };
      await writeFile(path.join(folder, 'w.pt'), Buffer.alloc(3_000_000, 'new'));
      await assert.rejects(packageModel({ folder, spec, outputFolder, force: true }, task), { category: 'cancelled' });
      assert.deepEqual([...(await filesIn(outputFolder))].sort(), [
        path.join('config', 'config.properties'),
        path.join('model-store', 'net.mar'),
      ]);
      assert.equal(sha256(await readFile(before.path)), before.sha256);
    });
  }

  it('flattens files and keeps the folders inside an extra folder, without caches', async () => {
    await mkdir(path.join(folder, 'extra', 'sub'), { recursive: true });
    await mkdir(path.join(folder, 'extra', '__pycache__'));
    await mkdir(path.join(folder, 'deep'));
    await writeFile(path.join(folder, 'extra', 'sub', 'a.txt'), 'a');
    await writeFile(path.join(folder, 'extra', '__pycache__', 'x.pyc'), 'x');
    await writeFile(path.join(folder, 'deep', 'handler.py'), 'def handle(data, context): return data');
    const { path: made, manifest } = await packageModel({
      folder,
      spec: { ...spec, handler: 'deep/handler.py:handle', extraFiles: ['extra'], archiveFormat: 'no-archive' },
      outputFolder,
    });
    assert.deepEqual([...(await filesIn(made))].sort(), [
      'MAR-INF/MANIFEST.json',
      'handler.py',
      'index_to_name.json',
      'sub/a.txt',
      'w.pt',
    ]);
    assert.equal(manifest.model.handler, 'handler.py:handle');
  });
});
