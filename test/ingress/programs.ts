import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cacheFolder.mjs';
import { findProgram } from '../../scripts/vscode/systemTools.ts';

const traefik = {
  module: 'github.com/traefik/traefik/v3',
  version: 'v3.6.0',
} as const;
const proxy = {
  module: 'github.com/oauth2-proxy/oauth2-proxy/v7',
  version: 'v7.15.6',
} as const;
/** Of the version that this Traefik is made for. */
const gatewayApi = {
  module: 'sigs.k8s.io/gateway-api',
  version: 'v1.4.0',
} as const;

/** Real programs in front of model servers. Paths are absolute. */
export interface IngressPrograms {
  readonly traefik: string;
  readonly oauth2Proxy: string;
  /** Folder with the definitions of the Gateway API. */
  readonly gatewayApiCrds: string;
}

/**
 * Builds them once into the cache: 10 to 30 minutes on two cores, nearly all of it for Traefik.
 *
 * @throws Error one line that says what is missing
 */
export async function ingressPrograms(log: (line: string) => void): Promise<IngressPrograms> {
  const key = [traefik, proxy, gatewayApi].map(({ module, version }) => `${module}@${version}`).join(' ');
  const hash = createHash('sha256').update(`${process.platform}-${process.arch} ${key}`).digest('hex').slice(0, 16);
  const folder = cacheFolder('ingress', hash);
  if (!existsSync(folder)) {
    const go = findProgram('go');
    if (go === undefined)
      throw new Error('Missing: Go (it builds the ingress of the tests). See https://go.dev/doc/install');
    await mkdir(path.dirname(folder), { recursive: true });
    const partial = await mkdtemp(`${folder}.part-`);
    try {
      await build(go, partial, log);
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return {
    traefik: path.join(folder, 'traefik'),
    oauth2Proxy: path.join(folder, 'oauth2-proxy'),
    gatewayApiCrds: path.join(folder, 'crds'),
  };
}

async function build(go: string, folder: string, log: (line: string) => void): Promise<void> {
  const options = ['-trimpath', '-ldflags=-s -w'];
  await writeFile(path.join(folder, 'go.mod'), 'module modeldeck.invalid/test-ingress\n');
  const fetched = async ({ module, version }: { readonly module: string; readonly version: string }): Promise<string> =>
    (JSON.parse(await run(go, ['mod', 'download', '-json', `${module}@${version}`], folder)) as { Dir: string }).Dir;
  log('Building oauth2-proxy');
  await run(go, ['install', ...options, `${proxy.module}@${proxy.version}`], folder, { GOBIN: folder });
  // Its go.mod replaces modules, which `go install` refuses: it is built where it can be the main module.
  const source = path.join(folder, 'traefik-source');
  await cp(await fetched(traefik), source, { recursive: true });
  log('Building Traefik; once, 10 to 30 minutes');
  await run(go, ['build', ...options, '-o', path.join(folder, 'traefik'), './cmd/traefik'], source);
  await cp(path.join(await fetched(gatewayApi), 'config', 'crd', 'standard'), path.join(folder, 'crds'), {
    recursive: true,
  });
  // Files of Go's module cache are read-only, and so are copies of them.
  await run('chmod', ['-R', 'u+w', folder], folder);
  await rm(source, { recursive: true, force: true });
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code === 0) return output;
  throw new Error(
    `${path.basename(program)} ${args[0]} failed in ${cwd}: ${errors.trim().split('\n').slice(-3).join(' / ')}`,
  );
}
