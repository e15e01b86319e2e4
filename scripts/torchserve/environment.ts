import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../cacheFolder.mjs';
import { requireTools } from '../vscode/systemTools.ts';

const packages = [
  'torchserve==0.12.0',
  'torch-model-archiver==0.12.0',
  'captum',
  'psutil',
  'pyyaml',
  'packaging',
  'pynvml',
  'nvidia-ml-py',
  'enum-compat',
  'tqdm',
];
/** captum, which TorchServe's image handlers import, draws. */
const drawing = [
  'matplotlib==3.7.5',
  'contourpy==1.1.1',
  'cycler',
  'fonttools',
  'kiwisolver',
  'pyparsing',
  'python-dateutil',
  'six',
];
/** onnxruntime for the handler that we generate; without its own numpy, which would break Debian's torch. */
const withoutDependencies = ['onnxruntime', 'flatbuffers', 'protobuf', 'coloredlogs', 'humanfriendly'];

/**
 * Python of a virtual environment with TorchServe 0.12, made once in the cache. torch and torchvision are the system's:
 * Debian's are for the CPU, where the packages of Python would bring gigabytes.
 *
 * @throws Error one line that says what is missing
 */
export function torchServeEnvironment(log: (line: string) => void): Promise<string> {
  return environment('torchserve-0.12', withoutDependencies, log);
}

/** The same without onnxruntime, as the images of TorchServe are. @throws Error one line that says what is missing */
export function stockTorchServeEnvironment(log: (line: string) => void): Promise<string> {
  return environment('torchserve-0.12-stock', [], log);
}

async function environment(name: string, more: readonly string[], log: (line: string) => void): Promise<string> {
  const home = cacheFolder(name);
  const python = path.join(home, 'bin', 'python');
  const complete = path.join(home, 'complete');
  requireTools(
    [{ programs: ['java'], debianPackage: 'openjdk-17-jre-headless', purpose: 'what TorchServe runs on' }],
    log,
  );
  if (existsSync(complete)) return python;
  const base = pythonWithTorch(log);
  log(`Installing TorchServe 0.12 into ${home}`);
  await rm(home, { recursive: true, force: true });
  await mkdir(path.dirname(home), { recursive: true });
  run(base, ['-m', 'venv', '--system-site-packages', home]);
  // An environment cannot be moved, so it is made in place and is not there until it is complete.
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    ...packages,
    ...drawing,
    ...more,
  ]);
  await writeFile(complete, '');
  return python;
}

/** A Python that has torch and torchvision. Debian's packages are for its own Python, whatever stands first on the PATH. */
export function pythonWithTorch(log: (line: string) => void): string {
  const find = (): string | undefined =>
    ['python3', '/usr/bin/python3', 'python'].find(
      (program) => spawnSync(program, ['-c', 'import torch, torchvision, venv, ensurepip']).status === 0,
    );
  const found = find();
  if (found !== undefined) return found;
  const names = ['python3-torch', 'python3-torchvision', 'python3-venv'];
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    log(`Installing ${names.join(', ')} with apt-get`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
  }
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(
    `Missing: a Python with torch, torchvision and venv. On Debian or Ubuntu: sudo apt-get install ${names.join(' ')}`,
  );
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      `${program} ${args.slice(0, 3).join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`,
    );
}
