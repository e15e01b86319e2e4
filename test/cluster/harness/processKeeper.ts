import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProcessGroup } from '../../../scripts/vscode/processGroup.ts';
import type { ProcessGroup } from '../../../scripts/vscode/processGroup.ts';

/**
 * Owner of everything that a cluster leaves on this machine while it lives: a temporary folder, processes, mounts. What it
 * owns goes with stop(), and also when this process is killed: a watchdog of its own sees that.
 */
export interface ProcessKeeper {
  readonly folder: string;
  /** Starts a program; what it prints goes to `logs/<name>.log`. */
  readonly start: (name: string, program: string, args: readonly string[], env?: NodeJS.ProcessEnv) => KeptProcess;
  /** Takes care of a process group that somebody else starts and ends. Gives the function that takes it back. */
  readonly adopt: (pid: number) => () => void;
  /**
   * A file system of its own of so many bytes at the folder, so that it can fill up.
   *
   * @throws Error where mounting is not allowed
   */
  readonly mountSmall: (folder: string, bytes: number) => void;
  readonly stop: () => Promise<void>;
}

export interface KeptProcess extends ProcessGroup {
  readonly name: string;
  /** @throws Error with its last words when it has ended by itself */
  readonly throwIfEnded: () => void;
}

export async function keepProcesses(): Promise<ProcessKeeper> {
  // Every process group listens for our exit, and Node warns at eleven.
  process.setMaxListeners(Math.max(process.getMaxListeners(), 100));
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-cluster-'));
  const logs = path.join(folder, 'logs');
  await mkdir(logs);
  // Detached, so that the interrupt which ends us does not end it first.
  const watchdog = spawn(process.execPath, [path.join(import.meta.dirname, 'watchdog.mjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const tell = (line: string): void => void watchdog.stdin.write(`${line}\n`);
  tell(`folder ${folder}`);
  const running: KeptProcess[] = [];
  const mounts: string[] = [];

  const adopt = (pid: number): (() => void) => {
    tell(`group ${pid}`);
    return () => tell(`-group ${pid}`);
  };
  return {
    folder,
    adopt,
    start: (name, program, args, env = {}) => {
      const group = startProcessGroup(program, args, { cwd: folder, env: { ...programEnvironment(folder), ...env } });
      const log = createWriteStream(path.join(logs, `${name}.log`), { flags: 'a' });
      group.child.stdout?.pipe(log, { end: false });
      group.child.stderr?.pipe(log, { end: false });
      group.child.once('close', () => log.end());
      const release = group.child.pid === undefined ? undefined : adopt(group.child.pid);
      const kept: KeptProcess = {
        ...group,
        name,
        throwIfEnded: () => {
          if (group.child.pid !== undefined && group.child.exitCode === null && group.child.signalCode === null) return;
          throw new Error(`${name} has ended by itself:\n${group.output()}`);
        },
        stop: async () => {
          running.splice(running.indexOf(kept), 1);
          await group.stop();
          release?.();
        },
      };
      running.push(kept);
      return kept;
    },
    mountSmall: (mountFolder, bytes) => {
      const { status, stderr, error } = spawnSync(
        'mount',
        ['-t', 'tmpfs', '-o', `size=${bytes},mode=0777`, 'tmpfs', mountFolder],
        { encoding: 'utf8' },
      );
      if (status !== 0)
        throw new Error(`A file system of ${bytes} bytes cannot be mounted: ${error?.message ?? stderr}`);
      mounts.push(mountFolder);
      tell(`mount ${mountFolder}`);
    },
    stop: async () => {
      await Promise.all([...running].map((kept) => kept.stop()));
      for (const mounted of mounts) spawnSync('umount', ['--lazy', mounted]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      const ended = new Promise((resolve) => watchdog.once('exit', resolve));
      watchdog.stdin.end();
      await ended;
    },
  };
}

/**
 * Neither the user's kubeconfig nor the home that has one: no program here may find them. Go's programs, which live for some
 * minutes, collect their garbage less often: with its default an API server spends a fifth of its time on that.
 */
function programEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: undefined, HOME: folder, GOGC: '400' };
}
