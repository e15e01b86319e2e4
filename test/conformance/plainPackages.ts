import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../src/foundation/fileErrors.ts';
import { throwIfCancelled } from '../../src/foundation/task.ts';
import type { PackageKind } from '../../src/packaging/kinds/packageKind.ts';
import { sha256OfFiles, type ModelPackage, type PackageFile } from '../../src/packaging/modelPackage.ts';

const kind = 'plain';
const serves: ModelPackage['serves'] = { modelFormat: 'onnx', protocols: ['v2'] };

/** A folder with weights and an `about.json`: a kind of package that exists in tests alone. */
export const plainPackages: PackageKind = {
  kind,
  label: 'Plain folder',
  serves,
  async check({ folder, spec: { weights } }) {
    if (weights !== undefined && (await isThere(path.join(folder, weights)))) return [];
    return [{ code: 'weights-missing', severity: 'error', message: 'The weights are missing.', remedy: 'Add them.' }];
  },
  async write({ folder, spec: { name, version, weights = '' }, outputFolder }, task) {
    throwIfCancelled(task);
    const target = path.join(outputFolder, `${name}.plain`);
    const partial = `${target}.part`;
    try {
      await mkdir(path.join(partial, '1'), { recursive: true });
      await cp(path.join(folder, weights), path.join(partial, '1', 'weights'));
      await writeFile(path.join(partial, 'about.json'), JSON.stringify({ name, version }));
      await rm(target, { recursive: true, force: true });
      await cp(partial, target, { recursive: true });
    } catch (error) {
      throw fileError(error, 'package the model', folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return inFolder(target);
  },
  recognises: (file, isFolder) => isFolder && file.endsWith('.plain'),
  adopt: (file) => inFolder(file),
  async read(folder) {
    const text = await readFile(path.join(folder, 'about.json'), 'utf8').catch((error: unknown) => {
      throw fileError(error, 'read the package', folder);
    });
    return { description: { name: 'about.json', text }, warnings: [] };
  },
};

async function inFolder(folder: string): Promise<ModelPackage> {
  const about = await plainPackages.read(folder);
  const { name, version } = JSON.parse(about.description?.text ?? '{}') as { name: string; version: string };
  const files: PackageFile[] = [];
  for (const file of ['1/weights', 'about.json']) {
    const bytes = await readFile(path.join(folder, ...file.split('/')));
    files.push({ path: file, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return { kind, name, version, folder, files, size, sha256: sha256OfFiles(files), serves };
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
