import { spawn } from 'node:child_process';

const timeoutMs = 10_000;
const mark = '---model-deck-environment---';
const asked = new Map<string, Promise<string | undefined>>();

/**
 * The PATH of the user's login shell. An editor that was started from a desktop does not have it, so that tools of
 * package managers and version managers would be missing. Each shell is asked once; not on Windows, which has no such thing.
 */
export function loginShellPath(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const shell = environment['SHELL'];
  if (!shell || process.platform === 'win32') return Promise.resolve(undefined);
  const answer = asked.get(shell) ?? askShell(shell, environment);
  asked.set(shell, answer);
  return answer;
}

function askShell(shell: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A session of its own: an interactive shell would otherwise reach for the terminal that we were started from.
    const child = spawn(shell, ['-ilc', `echo ${mark}; env; echo ${mark}`], {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let output = '';
    const timer = setTimeout(() => killGroup(child.pid), timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.on('error', () => settle(undefined));
    child.on('close', () => settle(/^PATH=(.+)$/m.exec(output.split(`${mark}\n`)[1] ?? '')?.[1]));
    function settle(value: string | undefined): void {
      clearTimeout(timer);
      resolve(value);
    }
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
