import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** A started program with all that it starts in turn. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** What it printed last, for the message when it fails. */
  readonly output: () => string;
  /** Ends the program and its children; resolves when they are gone. */
  readonly stop: () => Promise<void>;
}

/** Node does not exit in order at a signal that nobody listens to: then what should end with the process would stay. */
function exitAtSignals(): void {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(128 + number));
  }
}

/** Starts a program in a process group of its own, which also ends when we are interrupted. */
export function startProcessGroup(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): ProcessGroup {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let tail = '';
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(error.message)));
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const onExit = (): void => void signal('SIGKILL');
  process.once('exit', onExit);
  exitAtSignals();
  const stop = async (): Promise<void> => {
    process.removeListener('exit', onExit);
    signal('SIGTERM');
    for (const end = Date.now() + 5000; signal(0) && Date.now() < end;) await delay(50);
    signal('SIGKILL');
  };
  return { child, output: () => tail, stop };
}

/** Polls until it answers, the program ends, or the time is over. @throws Error with the program's last words */
export async function waitForHttp(url: string, group: ProcessGroup, name: string, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(200)) {
    if (group.child.exitCode !== null || group.child.pid === undefined) break;
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    if (answer !== undefined && answer.status < 400) return;
  }
  await group.stop();
  throw new Error(`${name} did not come up:\n${group.output()}`);
}
