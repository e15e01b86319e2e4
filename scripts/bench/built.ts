import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as inference from '../../src/inference/index.ts';
import type * as local from '../../src/local/index.ts';
import type * as packaging from '../../src/packaging/index.ts';

export const root = path.join(import.meta.dirname, '..', '..');
export const sampleFolder = path.join(root, 'media', 'samples', 'efficientnet-lite0');
/** What is measured is what is shipped: the bundles, with the WebAssembly builds of the libraries beside them. */
export const dist = path.join(root, 'dist');

interface Chunks {
  readonly inference: typeof inference;
  readonly local: typeof local;
  readonly packaging: typeof packaging;
}

/** One engine's bundle. */
export function loadBuilt<Name extends keyof Chunks>(name: Name): Chunks[Name] {
  return createRequire(path.join(dist, 'extension.js'))(`./${name}.js`) as Chunks[Name];
}

/** Builds `dist/` when it is missing or older than its sources. @throws Error when that fails */
export function ensureBuilt(): void {
  const bundles = ['inference.js', 'local.js', 'packaging.js', 'localServer.js'];
  const built = Math.min(...bundles.map((name) => changed(path.join(dist, name)) ?? 0));
  const sources = readdirSync(path.join(root, 'src'), { recursive: true }) as string[];
  const newest = Math.max(...sources.map((name) => changed(path.join(root, 'src', name)) ?? 0));
  if (built > newest) return;
  console.log('Building dist/, which is older than its sources');
  const { status } = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'ignore' });
  if (status !== 0) throw new Error('dist/ could not be built: npm run build says why.');
}

function changed(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
