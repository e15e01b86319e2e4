import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageModel, readSpec } from '../../../src/packaging/index.ts';
import { catModel } from './catModel.ts';

/**
 * Packages the cat model and puts it below a claim's folder, as KServe wants it: `model-store/cats.mar`,
 * `config/config.properties`.
 */
export async function storeCats(folder: string): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), 'model-deck-cats-'));
  try {
    const model = path.join(work, 'model');
    await catModel(model);
    const spec = await readSpec(path.join(model, 'model-deck.yaml'));
    const archive = await packageModel({ folder: model, spec, outputFolder: path.join(work, 'package') });
    await cp(archive.folder, folder, { recursive: true });
  } finally {
    await rm(work, { recursive: true });
  }
}
