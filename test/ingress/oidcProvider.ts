import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from '../../scripts/cacheFolder.mjs';
import { runNpm } from '../../scripts/runNpm.mjs';

const wanted = 'oidc-provider@9.13.3';

/** The part of `oidc-provider` that the tests use. */
export type ProviderClass = new (issuer: string, configuration: object) => { callback(): RequestListener };

/** Installed into the cache at the first use: nothing but these tests needs it and the forty packages below it. */
export async function oidcProvider(): Promise<ProviderClass> {
  const folder = cacheFolder('npm', wanted);
  if (!existsSync(folder)) {
    await mkdir(path.dirname(folder), { recursive: true });
    const partial = await mkdtemp(`${folder}.part-`);
    try {
      await writeFile(path.join(partial, 'package.json'), '{ "private": true }');
      const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
      runNpm(['install', ...options, wanted], { cwd: partial, capture: true });
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const entry = path.join(folder, 'node_modules', 'oidc-provider', 'lib', 'index.js');
  return ((await import(pathToFileURL(entry).href)) as { default: ProviderClass }).default;
}
