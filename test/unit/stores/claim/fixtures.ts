import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModelArchive } from '../../../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { PackageFile } from '../../../../src/packaging/modelPackage.ts';
import type { ClaimStoreOptions } from '../../../../src/stores/index.ts';
import { ClaimStore } from '../../../../src/stores/index.ts';
import type { FakeCluster } from './fakeCluster.ts';

/** Everything as usual, but in a hurry. */
export const hurry = { look: 20, trouble: 0.01, firstRetry: 10, longestRetry: 40, patience: 30_000, podStart: 5_000 };

export function openStore(cluster: FakeCluster, options: Partial<ClaimStoreOptions> = {}): ClaimStore {
  return new ClaimStore({
    connection: cluster,
    namespace: 'ml',
    claim: 'models',
    image: 'registry.example/tools:1',
    ...options,
    pace: { ...hurry, ...options.pace },
  });
}

export const mebibyte = 1 << 20;

/** A package of random bytes: how it was made is of no interest to a store. */
export async function randomArchive(
  size: number,
  { name = 'cats', version = '1.0', file }: { name?: string; version?: string; file?: string } = {},
): Promise<ModelArchive> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-archive-'));
  await mkdir(path.join(folder, 'model-store'));
  await mkdir(path.join(folder, 'config'));
  const archive = path.join(folder, 'model-store', file ?? `${name}.mar`);
  const configProperties = path.join(folder, 'config', 'config.properties');
  const bytes = randomBytes(size);
  const config = `model_store=/mnt/models/model-store\nmodel_snapshot={"name":"startup.cfg"}\n`;
  await writeFile(archive, bytes);
  await writeFile(configProperties, config);
  const sha256 = sha256OfBytes(bytes);
  const inner = `model-store/${path.basename(archive)}`;
  return {
    kind: 'torchserve',
    folder,
    files: [
      { path: 'config/config.properties', size: config.length, sha256: sha256OfBytes(config) },
      { path: inner, size, sha256 },
    ],
    archive: inner,
    serves: { modelFormat: 'pytorch', protocols: ['v1', 'v2'] },
    path: archive,
    configProperties,
    format: 'default',
    name,
    version,
    size,
    sha256,
    manifest: {
      createdOn: '01/01/2026 00:00:00',
      runtime: 'python',
      model: { modelName: name, handler: 'image_classifier', modelVersion: version },
      archiverVersion: '0.12.0',
    },
  };
}

/** The package with another word about one of its files. */
export function withFile(made: ModelArchive, file: string, change: Partial<PackageFile>): ModelArchive {
  return { ...made, files: made.files.map((one) => (one.path === file ? { ...one, ...change } : one)) };
}

/** Every file and folder of a claim, hidden ones too, sorted. */
export async function everything(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

export async function sha256Of(file: string): Promise<string> {
  return sha256OfBytes(await readFile(file));
}

function sha256OfBytes(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
