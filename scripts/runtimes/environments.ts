import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../cacheFolder.mjs';
import { pythonWithTorch } from '../torchserve/environment.ts';

type Log = (line: string) => void;

/**
 * Python of a virtual environment with Triton 2.51 and, for what stands for its backends, ONNX Runtime; torch is the system's.
 * @throws Error one line that says what is missing
 */
export function tritonEnvironment(log: Log): Promise<string> {
  return environment('triton-2.51', 'requirements-triton.txt', ['--system-site-packages'], log);
}

/** Python of a virtual environment with MLServer 1.7.1. @throws Error one line that says what is missing */
export function mlServerEnvironment(log: Log): Promise<string> {
  return environment('mlserver-1.7.1', 'requirements-mlserver.txt', [], log);
}

/**
 * A wheel of onnxruntime for the Python of these environments, as a user may have one; kept in the cache.
 * @returns its absolute path
 */
export async function onnxRuntimeWheel(log: Log): Promise<string> {
  const python = await tritonEnvironment(log);
  const folder = cacheFolder('wheels');
  const name = 'onnxruntime-1.23.2-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl';
  const wheel = path.join(folder, name);
  if (existsSync(wheel)) return wheel;
  const pinned = path.join(import.meta.dirname, 'requirements-wheel.txt');
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'];
  run(python, [...pip, '--require-hashes', '--only-binary=:all:', '-r', pinned, '-d', folder]);
  if (!existsSync(wheel)) throw new Error(`pip did not download ${name}.`);
  return wheel;
}

/** Made once in the cache. The packages are pinned by their hashes, and nothing beside them is installed. */
async function environment(name: string, requirements: string, options: readonly string[], log: Log): Promise<string> {
  const home = cacheFolder(name);
  const python = path.join(home, 'bin', 'python');
  const complete = path.join(home, 'complete');
  if (existsSync(complete)) return python;
  const base = pythonWithTorch(log);
  const is311 = 'import sys, platform; assert sys.version_info[:2] == (3, 11) and platform.machine() == "x86_64"';
  if (spawnSync(base, ['-c', is311]).status !== 0) {
    throw new Error(`Missing: Python 3.11 on x86-64 for ${name}, whose packages are pinned for it.`);
  }
  log(`Installing ${name} into ${home}`);
  await rm(home, { recursive: true, force: true });
  await mkdir(path.dirname(home), { recursive: true });
  run(base, ['-m', 'venv', ...options, home]);
  // An environment cannot be moved, so it is made in place and is not there until it is complete.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  const pinned = ['--require-hashes', '--no-deps', '--only-binary=:all:'];
  run(python, [...pip, ...pinned, '-r', path.join(import.meta.dirname, requirements)]);
  await writeFile(complete, '');
  return python;
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed: ${reason}`);
}
