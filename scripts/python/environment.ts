import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../cacheFolder.mjs';

const requirements = path.join(import.meta.dirname, 'requirements.txt');
const windows = process.platform === 'win32';

/**
 * The Python of a virtual environment with requirements.txt in it. Made on first use, in the cache folder that all clones
 * share; it gets its name when it is whole, so an interrupted one is never taken for it.
 *
 * @param log told what takes long
 * @throws Error one line that says what is missing
 */
export function pythonEnvironment(log: (line: string) => void = () => undefined): string {
  const { program, version } = basePython(log);
  const key = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex').slice(0, 12);
  const folder = cacheFolder(`python-${key}`);
  if (answers(pythonOf(folder))) return pythonOf(folder);
  log(`Making a Python environment in ${folder}`);
  // Left behind when the Python that it was made from has gone.
  rmSync(folder, { recursive: true, force: true });
  const partial = `${folder}.${process.pid}.part`;
  mkdirSync(path.dirname(folder), { recursive: true });
  try {
    run(program, '-m', 'venv', partial);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    run(pythonOf(partial), ...pip, '--only-binary=:all:', '-r', requirements);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Another run may have been quicker.
    if (!answers(pythonOf(folder))) throw error;
  }
  return pythonOf(folder);
}

interface BasePython {
  readonly program: string;
  readonly version: string;
}

/** A Python 3 that can make environments. On Debian venv is a package of its own, which root gets here. */
function basePython(log: (line: string) => void): BasePython {
  const found = findPython();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync('apt-get', ['--version']).status === 0) {
    log('Installing python3-venv with apt-get');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const stdio: ['ignore', 'ignore', 'inherit'] = ['ignore', 'ignore', 'inherit'];
    spawnSync('apt-get', ['update', '-qq'], { env, stdio });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-venv'], { env, stdio });
    const installed = findPython();
    if (installed) return installed;
  }
  throw new Error(
    'Missing: Python 3.10 or newer with venv (torch-model-archiver and Pillow are compared with). On Debian or Ubuntu: sudo apt-get install python3-venv',
  );
}

function findPython(): BasePython | undefined {
  const ask = 'import venv, ensurepip, sys; assert sys.version_info >= (3, 10); print(sys.version)';
  for (const program of windows ? ['python', 'py'] : ['python3', '/usr/bin/python3', 'python']) {
    const { status, stdout } = spawnSync(program, ['-c', ask], { encoding: 'utf8' });
    if (status === 0) return { program, version: stdout };
  }
  return undefined;
}

function pythonOf(folder: string): string {
  return windows ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
}

function answers(python: string): boolean {
  return spawnSync(python, ['-c', 'import model_archiver']).status === 0;
}

function run(program: string, ...args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').slice(-3).join(' / ');
  throw new Error(`${path.basename(program)} ${args.join(' ')} failed: ${reason}`);
}
