import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../../scripts/cacheFolder.mjs';
import { findProgram } from '../../../scripts/vscode/systemTools.ts';

const controlPlane = path.join(import.meta.dirname, '..', 'control-plane');
/** Built by itself: neither this version nor a newer one compiles beside the Kubernetes and KServe of the go.mod. */
const kwokModule = 'sigs.k8s.io/kwok';
const kwokVersion = 'v0.7.0';
const kwokCrds = ['kwok.x-k8s.io_execs.yaml', 'kwok.x-k8s.io_logs.yaml', 'kwok.x-k8s.io_portforwards.yaml'];
const kserveModule = 'github.com/kserve/kserve';
const kserveVersion = 'v0.20.0';
const oldestGo = [1, 25, 8] as const;

/** What a cluster is made of. Paths are absolute. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubectl: string;
  readonly kserveManager: string;
  readonly kwok: string;
  /** KServe's own manifests: CRDs, roles, configuration, webhooks. */
  readonly kserveYaml: string;
  /** The ClusterServingRuntimes that KServe ships. */
  readonly kserveRuntimesYaml: string;
  /** Those of kwok's CRDs that we use. */
  readonly kwokCrds: readonly string[];
}

/**
 * Builds everything once into the cache; a later call only looks. A build takes 12 to 20 minutes on two cores, about 2 GB
 * of memory, and fills some 4 GB of Go's module cache.
 *
 * @param log told what takes long
 * @throws Error one line that says what is missing
 */
export async function clusterBinaries(log: (line: string) => void): Promise<Binaries> {
  const folder = cacheFolder('cluster', await cacheKey());
  if (!existsSync(folder)) {
    const go = requireGo();
    await mkdir(path.dirname(folder), { recursive: true });
    const partial = await mkdtemp(`${folder}.part-`);
    try {
      await build(go, partial, log);
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      // Another run may have been quicker.
      if (!existsSync(folder)) throw error;
    }
  }
  return contents(folder);
}

function contents(folder: string): Binaries {
  const bin = (name: string): string => path.join(folder, 'bin', name);
  return {
    // Go names a program after its folder: etcd's is called server, KServe's manager.
    etcd: bin('server'),
    kubeApiserver: bin('kube-apiserver'),
    kubeControllerManager: bin('kube-controller-manager'),
    kubeScheduler: bin('kube-scheduler'),
    kubectl: bin('kubectl'),
    kserveManager: bin('manager'),
    kwok: bin('kwok'),
    kserveYaml: path.join(folder, 'kserve.yaml'),
    kserveRuntimesYaml: path.join(folder, 'kserve-cluster-resources.yaml'),
    kwokCrds: kwokCrds.map((file) => path.join(folder, file)),
  };
}

/** Changes with every version and with the machine that the programs are for. */
async function cacheKey(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch} ${kwokVersion}`);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(path.join(controlPlane, file)));
  return hash.digest('hex').slice(0, 16);
}

async function build(go: string, folder: string, log: (line: string) => void): Promise<void> {
  const bin = path.join(folder, 'bin');
  const options = ['-trimpath', '-ldflags=-s -w'];
  log('Building Kubernetes, etcd and KServe for the test cluster; once, 12 to 20 minutes');
  await run(go, ['build', ...options, '-o', `${bin}${path.sep}`, 'tool'], controlPlane);
  log('Building kwok');
  await run(go, ['install', ...options, `${kwokModule}/cmd/kwok@${kwokVersion}`], folder, { GOBIN: bin });
  const kserve = path.join(await moduleFolder(go, kserveModule, kserveVersion), 'install', kserveVersion);
  for (const file of ['kserve.yaml', 'kserve-cluster-resources.yaml']) await copy(kserve, file, folder);
  const crds = path.join(await moduleFolder(go, kwokModule, kwokVersion), 'kustomize', 'crd', 'bases');
  for (const file of kwokCrds) await copy(crds, file, folder);
}

/** Files of Go's module cache are read-only; copies of them should be removable. */
async function copy(from: string, file: string, to: string): Promise<void> {
  await copyFile(path.join(from, file), path.join(to, file));
  await chmod(path.join(to, file), 0o644);
}

async function moduleFolder(go: string, module: string, version: string): Promise<string> {
  const answer = JSON.parse(await run(go, ['mod', 'download', '-json', `${module}@${version}`], controlPlane)) as {
    Dir: string;
  };
  return answer.Dir;
}

function requireGo(): string {
  const go = findProgram('go');
  const wanted = `Go ${oldestGo.join('.')} or newer (it builds the Kubernetes of the cluster tests)`;
  if (go === undefined) throw new Error(`Missing: ${wanted}. See https://go.dev/doc/install`);
  // Asked in the module's folder, so that a Go which fetches the toolchain that go.mod wants counts as that one.
  const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { cwd: controlPlane, encoding: 'utf8' });
  const version = /^go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(stdout)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (version === undefined || isOlder(version)) {
    throw new Error(
      `Missing: ${wanted}; ${go} is ${stdout.trim() || 'of unknown version'}. See https://go.dev/doc/install`,
    );
  }
  return go;
}

function isOlder(version: readonly number[]): boolean {
  for (const [index, wanted] of oldestGo.entries()) {
    const part = version[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

/** Standard output. Awaited rather than synchronous: an interrupt must end a build of a quarter of an hour. */
async function run(go: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(go, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code === 0) return output;
  throw new Error(`go ${args[0]} failed in ${cwd}: ${errors.trim().split('\n').slice(-3).join(' / ')}`);
}
