import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePorts } from '../../../src/foundation/freePorts.ts';
import { waitUntil } from '../../waitUntil.ts';
import { v2ServerEnvironment } from './environment.ts';

const startSeconds = 120;

/** KServe's own Python server: see server.py. */
export interface V2Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** @param graph the ONNX file; resolves when the server answers */
export async function startV2Server(graph: string, log: (line: string) => void): Promise<V2Server> {
  const python = await v2ServerEnvironment(log);
  const [port] = await freePorts(1);
  const child = spawn(python, [path.join(import.meta.dirname, 'server.py'), graph, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  const hasEnded = (): boolean => child.exitCode !== null;
  const comesUp = waitUntil('it answers or ends', async () => hasEnded() || (await isReady(url)), startSeconds);
  if ((await comesUp.catch(() => false)) && !hasEnded()) return { url, stop };
  await stop();
  throw new Error(`KServe's Python server does not start: ${last}`);
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/v2/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}
