import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageModel, readSpec } from '../../../src/packaging/index.ts';
import type { ModelArchive } from '../../../src/packaging/kinds/torchserve/modelArchive.ts';
import { catModel } from './catModel.ts';

/** Makes the cat model in a folder, and packages it there. */
export async function packageCats(folder: string, version?: string): Promise<ModelArchive> {
  const model = path.join(folder, 'model');
  await catModel(model, version === undefined ? {} : { version });
  const spec = await readSpec(path.join(model, 'model-deck.yaml'));
  return packageModel({ folder: model, spec, outputFolder: path.join(folder, 'package') });
}

/**
 * Packages the cat model and puts it below a claim's folder, as KServe wants it: `model-store/cats.mar`,
 * `config/config.properties`.
 */
export async function storeCats(folder: string): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), 'model-deck-cats-'));
  try {
    const archive = await packageCats(work);
    await cp(archive.folder, folder, { recursive: true });
  } finally {
    await rm(work, { recursive: true });
  }
}

/**
 * Stores below a claim's folder: `cats`, whole; `empty`; `no-archive`, whose configuration names an archive that is missing;
 * `other-archive`, whose configuration names another one than is there, and the same as `dead-torchserve`.
 */
export async function storeCatsAndFaults(folder: string): Promise<void> {
  await storeCats(path.join(folder, 'cats'));
  await mkdir(path.join(folder, 'empty'));
  await cp(path.join(folder, 'cats', 'config'), path.join(folder, 'no-archive', 'config'), { recursive: true });
  await mkdir(path.join(folder, 'no-archive', 'model-store'));
  await cp(path.join(folder, 'cats'), path.join(folder, 'other-archive'), { recursive: true });
  const config = path.join(folder, 'other-archive', 'config', 'config.properties');
  await writeFile(config, (await readFile(config, 'utf8')).replace('"marName":"cats.mar"', '"marName":"dogs.mar"'));
  await cp(path.join(folder, 'other-archive'), path.join(folder, 'dead-torchserve'), { recursive: true });
}
