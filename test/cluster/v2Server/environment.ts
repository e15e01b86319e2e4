import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../../scripts/cacheFolder.mjs';

const packages = ['kserve==0.21.0', 'onnxruntime==1.23.2', 'tritonclient[http]==2.51.0'];

/**
 * Python of a virtual environment with KServe's Python server and Triton's client (590 MB, most of it what the former brings
 * along), made once in the cache.
 *
 * @throws Error one line that says what is missing
 */
export async function v2ServerEnvironment(log: (line: string) => void): Promise<string> {
  const home = cacheFolder('kserve-0.21-clients');
  const python = path.join(home, 'bin', 'python');
  const complete = path.join(home, 'complete');
  if (existsSync(complete)) return python;
  const base = ['python3', '/usr/bin/python3'].find((program) => {
    const ask = 'import venv, ensurepip, sys; assert (3, 10) <= sys.version_info < (3, 14)';
    return spawnSync(program, ['-c', ask]).status === 0;
  });
  if (base === undefined) throw new Error("Missing: Python 3.10 to 3.13 with venv, for KServe's Python server.");
  log(`Installing KServe's Python server into ${home}`);
  await rm(home, { recursive: true, force: true });
  await mkdir(path.dirname(home), { recursive: true });
  run(base, ['-m', 'venv', home]);
  // An environment cannot be moved, so it is made in place and is not there until it is complete.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  run(python, [...pip, '--only-binary=:all:', ...packages]);
  await writeFile(complete, '');
  return python;
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed: ${reason}`);
}
