import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { TorchServeSearch } from '../serverRequest.ts';

export interface FoundTorchServe {
  /** Absolute path of the Python that has it. */
  readonly python: string;
  readonly version: string;
  /** Where it was found, as a part of a sentence. */
  readonly where: string;
}

/** How long a Python may take to answer, in milliseconds; the first start of one on a cold disk takes seconds. */
const patience = 15_000;

/** Asks for the package's version without importing it: importing would load torch. */
const question = 'import importlib.metadata as m; print(m.version("torchserve"))';

/**
 * Finds a Python with TorchServe: the setting, the active environment, virtual environments of the workspace, the PATH.
 * Undefined when there is none.
 *
 * @throws ModelDeckError `missing-tool` when the setting names a Python without TorchServe, or when Java is missing
 */
export async function findTorchServe(search: TorchServeSearch, task: Task = {}): Promise<FoundTorchServe | undefined> {
  for (const { python, where, isSetting } of candidates(search)) {
    throwIfCancelled(task);
    const version = (await isThere(python)) ? await versionOf(python, task) : undefined;
    if (version !== undefined) {
      await requireJava(search, task);
      return { python, version, where };
    }
    if (isSetting) {
      throw new ModelDeckError(
        'missing-tool',
        `${python}, which the setting modelDeck.python.path names, has no TorchServe.`,
        {
          remedy: 'Install torchserve, torch and torchvision into that environment, or choose another one.',
          nextStep: { kind: 'open-setting', setting: 'modelDeck.python.path' },
        },
      );
    }
  }
  return undefined;
}

interface Candidate {
  readonly python: string;
  readonly where: string;
  readonly isSetting?: boolean;
}

function candidates({
  settingPath,
  activePython,
  workspaceFolders,
  searchPath,
}: TorchServeSearch): readonly Candidate[] {
  const windows = process.platform === 'win32';
  const inEnvironment = windows ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const programs = windows ? ['python.exe'] : ['python3', 'python'];
  const found: Candidate[] = [];
  if (settingPath) {
    // A `torchserve` program stands beside the Python that runs it.
    const isProgram = /^torchserve(\.exe)?$/.test(path.basename(settingPath));
    const python = isProgram ? path.join(path.dirname(settingPath), inEnvironment[1] ?? '') : settingPath;
    found.push({ python, where: 'the setting modelDeck.python.path', isSetting: true });
  }
  if (activePython) found.push({ python: activePython, where: 'the active Python environment' });
  for (const folder of workspaceFolders) {
    for (const name of ['.venv', 'venv']) {
      found.push({ python: path.join(folder, name, ...inEnvironment), where: `${name} of the workspace` });
    }
  }
  for (const folder of searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder))) {
    for (const program of programs) found.push({ python: path.join(folder, program), where: 'the PATH' });
  }
  return found;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Isolated (-I), in a neutral folder: nothing of the workspace is imported. */
async function versionOf(python: string, task: Task): Promise<string | undefined> {
  const answer = await run(python, ['-I', '-c', question], task);
  const version = answer?.trim() ?? '';
  return /^\d+\.\d+/.test(version) ? version : undefined;
}

async function requireJava({ searchPath }: TorchServeSearch, task: Task): Promise<void> {
  const home = process.env['JAVA_HOME'];
  const java = home ? path.join(home, 'bin', 'java') : 'java';
  const answer = await run(java, ['-version'], task, { ...process.env, PATH: searchPath });
  if (answer !== undefined) return;
  throw new ModelDeckError('missing-tool', 'TorchServe is installed, but the Java that it runs on is not.', {
    remedy: 'Install Java 17 (on Debian or Ubuntu: openjdk-17-jre-headless) and try again.',
    nextStep: { kind: 'retry' },
  });
}

/** Standard output, or undefined when the program is missing or fails. */
function run(
  program: string,
  args: readonly string[],
  task: Task,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const options = { cwd: tmpdir(), timeout: patience, signal: task.signal, env, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
