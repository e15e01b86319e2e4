import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ModelDeckError } from '../foundation/error.ts';

/** What a process of the local server is started with. */
export interface ChildEntry {
  /** Absolute path of the server's script, built from `server/main.ts`. */
  readonly serverEntry: string;
  /** The Node that runs it; in VS Code the editor's own binary. */
  readonly execPath: string;
  /** Arguments of that Node. */
  readonly execArgv?: readonly string[];
}

/** How long a server may take to end by itself, in milliseconds: TorchServe has workers to end. */
const stopTimeout = 10_000;

/** Each thread of the image library and each arena of the C library keeps memory of its own; one model needs few of them. */
const sparing = { UV_THREADPOOL_SIZE: '2', MALLOC_ARENA_MAX: '2' };

/** Starts the process; what it is to do comes as its first message. */
export function launch({ serverEntry, execPath, execArgv = [] }: ChildEntry): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...sparing, ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  // Options for the editor's own process, a debugger's port among them, are not for this one.
  delete env['NODE_OPTIONS'];
  return fork(serverEntry, [], {
    execPath,
    execArgv: [...execArgv],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
}

export function forEachLine(stream: Readable | null, use: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', use);
}

/** Asks first, by closing the channel, and then insists. */
export async function endChild(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeout);
  await gone;
  clearTimeout(timer);
}

/** The error for a process that ended without a word of its own. @param lines the last ones of its log */
export function endedError(how: string, lines: readonly string[]): ModelDeckError {
  const last = lines.length > 0 ? ` Its last words: ${lines.join(' / ').slice(-600)}` : '';
  return new ModelDeckError('server', `The server's process is gone: ${how}.${last}`, {
    remedy: 'Start the deployment again; its log has more.',
  });
}
