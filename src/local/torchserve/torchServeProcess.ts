import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import type { TorchServeEngine } from '../serverRequest.ts';

/** A running TorchServe: the launcher, Java and its Python workers. */
export interface TorchServeProcess {
  /** Resolves when it ends, for whatever reason, with how. */
  readonly ended: Promise<string>;
  /** What it has printed lately. */
  readonly lines: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Lines that are kept to find the reason of a failure in. */
const keptLines = 400;
/** How long it may take to end by itself, in milliseconds, before it is made to. */
const stopPatience = 5_000;

export async function startTorchServe(
  { python, storeFolder, workFolder }: TorchServeEngine,
  configFile: string,
  log: (line: string) => void,
): Promise<TorchServeProcess> {
  const [temporary, logs] = [path.join(workFolder, 'tmp'), path.join(workFolder, 'logs')];
  await Promise.all([mkdir(temporary, { recursive: true }), mkdir(logs, { recursive: true })]);
  const store = path.join(storeFolder, 'model-store');
  const args = ['-m', 'ts.model_server', '--start', '--foreground', '--ncs', '--model-store', store];
  const windows = process.platform === 'win32';
  const child = spawn(python, [...args, '--ts-config', configFile], {
    cwd: workFolder,
    // Handlers start programs of their environment by name.
    env: {
      ...process.env,
      PATH: `${path.dirname(python)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      TEMP: temporary,
      TMP: temporary,
      TMPDIR: temporary,
      LOG_LOCATION: logs,
      METRICS_LOCATION: logs,
      PYTHONUNBUFFERED: '1',
      JAVA_TOOL_OPTIONS: `-Djava.io.tmpdir="${temporary}"`,
    },
    // A group of its own, so that Java and the workers end with it.
    detached: !windows,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      if (line.trim() === '') return;
      lines.push(line);
      lines.splice(0, lines.length - keptLines);
      log(line);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`TorchServe ended with ${signal ?? `code ${code}`}`));
  });
  const signal = (name: NodeJS.Signals | 0): boolean => {
    if (child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const stop = async (): Promise<void> => {
    if (child.pid === undefined) return;
    if (windows) {
      const killer = spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true });
      await new Promise((resolve) => killer.once('exit', resolve).once('error', resolve));
      await ended;
      return;
    }
    signal('SIGTERM');
    for (const end = Date.now() + stopPatience; signal(0) && Date.now() < end;) await delay(50);
    signal('SIGKILL');
    await ended;
  };
  return { ended, lines, stop };
}
