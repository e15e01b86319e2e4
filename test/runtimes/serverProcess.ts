import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '../waitUntil.ts';

/** A model server as a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** What it has printed lately. */
  readonly lastWords: () => string;
  /** Resolves when the process and all that it started are gone. */
  readonly stop: () => Promise<void>;
}

export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Path that answers 200 when it takes requests. */
  readonly ready: string;
}

const startSeconds = 120;

/** @throws Error with its last words when it ends, or does not answer */
export async function startProcess({ program, args, cwd, env, port, ready }: Start): Promise<ServerProcess> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'exit');
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-20_000)));
  }
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
  };
  const url = `http://127.0.0.1:${port}`;
  const isUp = async (): Promise<boolean> => child.exitCode !== null || (await fetch(`${url}${ready}`)).ok;
  const comesUp = await waitUntil(`${program} answers or ends`, isUp, startSeconds).catch(() => false);
  if (comesUp !== false && child.exitCode === null) return { url, lastWords: () => last, stop };
  await stop();
  throw new Error(`${program} does not start: ${last.slice(-2000)}`);
}
