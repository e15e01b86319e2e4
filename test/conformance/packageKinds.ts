import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PackageKind } from '../../src/packaging/kinds/packageKind.ts';
import { mainPath, sha256OfFiles, sourceOf, type ModelPackage } from '../../src/packaging/modelPackage.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { checkPackageFiles } from '../../src/stores/versionFolder.ts';

/** What every kind of package has to keep. @param model a folder that the kind can package, with its spec */
export function describePackageKind(
  kind: PackageKind,
  model: { readonly folder: string; readonly spec: ModelSpec },
): void {
  describe(`${kind.label}, as every kind of package`, () => {
    const { spec } = model;
    let work: string;
    let folder: string;
    let made: ModelPackage;
    before(async () => {
      work = await mkdtemp(path.join(tmpdir(), 'model-deck-package-'));
      folder = path.join(work, 'model');
      await cp(model.folder, folder, { recursive: true });
      made = await kind.write({ folder, spec, outputFolder: path.join(work, 'made') });
    });
    after(() => rm(work, { recursive: true }));

    it('finds nothing wrong with a good folder, and says so when its weights are gone', async () => {
      const errors = async (): Promise<number> =>
        (await kind.check({ folder, spec })).filter(({ severity }) => severity === 'error').length;
      assert.equal(await errors(), 0);
      // With its time, which an archive may carry.
      const keepTime = { preserveTimestamps: true };
      await cp(path.join(folder, spec.weights ?? ''), path.join(work, 'kept'), keepTime);
      await rm(path.join(folder, spec.weights ?? ''));
      assert.ok((await errors()) > 0);
      await cp(path.join(work, 'kept'), path.join(folder, spec.weights ?? ''), keepTime);
    });

    it('names itself, the model, and where it can be served', () => {
      assert.deepEqual([made.kind, made.name, made.version], [kind.kind, spec.name, spec.version]);
      assert.match(made.sha256, /^[0-9a-f]{64}$/);
      assert.notEqual(made.serves.modelFormat, '');
      assert.ok(made.serves.protocols.length > 0);
    });

    it('lists files that are there, with their sizes and hashes, and that every store takes', async () => {
      assert.ok(made.files.length > 0);
      checkPackageFiles(made.files);
      for (const file of made.files) {
        const bytes = await readFile(sourceOf(made, file));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        assert.deepEqual([bytes.length, sha256], [file.size, file.sha256], file.path);
      }
      assert.ok(await stat(mainPath(made)));
      if (made.archive === undefined) assert.equal(made.sha256, sha256OfFiles(made.files));
      else
        assert.ok(
          made.files.some((file) => `${file.path}/`.startsWith(`${made.archive}/`)),
          made.archive,
        );
    });

    it('gives the same bytes for the same folder, and others for other weights', async () => {
      const again = await kind.write({ folder, spec, outputFolder: path.join(work, 'again'), force: true });
      assert.deepEqual([again.sha256, again.files.map(hashOf)], [made.sha256, made.files.map(hashOf)]);
      const changed = await kind.write({
        folder,
        spec: { ...spec, version: `${spec.version}.1` },
        outputFolder: path.join(work, 'changed'),
      });
      assert.notEqual(changed.sha256, made.sha256);
    });

    it('recognises what it has written, and takes it for what it is', async () => {
      const main = mainPath(made);
      assert.equal(await kind.recognises(main, (await stat(main)).isDirectory()), true);
      assert.equal(await kind.recognises(path.join(work, 'notes.txt'), false), false);
      assert.equal(await kind.recognises(folder, true), false);
      const adopted = await kind.adopt(main, path.join(work, 'extra'));
      const { name, version, sha256, serves } = adopted;
      assert.deepEqual(
        { name, version, sha256, serves },
        { name: made.name, version: made.version, sha256: made.sha256, serves: made.serves },
      );
      assert.deepEqual(adopted.files.map(hashOf), made.files.map(hashOf));
      assert.deepEqual(adopted.contract, made.contract);
    });

    it('is read back', async () => {
      const { description, contract, warnings } = await kind.read(mainPath(made));
      assert.ok(description?.text.includes(made.name));
      assert.deepEqual(contract, made.contract);
      assert.deepEqual(warnings, []);
    });

    it('leaves nothing when it is cancelled, and says what is not there', async () => {
      const outputFolder = path.join(work, 'cancelled');
      await assert.rejects(kind.write({ folder, spec, outputFolder }, { signal: AbortSignal.abort() }), {
        category: 'cancelled',
      });
      await assert.rejects(kind.read(path.join(work, 'nowhere')), { category: 'not-found' });
      await assert.rejects(kind.write({ folder: path.join(work, 'nowhere'), spec, outputFolder }), {
        category: 'not-found',
      });
      assert.equal(await stat(path.join(outputFolder, spec.name)).catch(() => undefined), undefined);
    });
  });
}

function hashOf({ path: file, sha256 }: { readonly path: string; readonly sha256: string }): string {
  return `${sha256}  ${file}`;
}
