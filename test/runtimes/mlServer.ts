import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mlServerEnvironment } from '../../scripts/runtimes/environments.ts';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { startProcess, type ServerProcess } from './serverProcess.ts';

/** An MLServer 1.7.1 with the models below a folder. @param folder absolute; gets a settings.json */
export async function startMLServer(folder: string, log: (line: string) => void = console.log): Promise<ServerProcess> {
  const python = await mlServerEnvironment(log);
  const [http = 0, grpc = 0, metrics = 0] = await freePorts(3);
  const settings = { host: '127.0.0.1', http_port: http, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0 };
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings));
  return startProcess({
    program: path.join(path.dirname(python), 'mlserver'),
    args: ['start', folder],
    cwd: folder,
    env: process.env,
    port: http,
    ready: '/v2/health/live',
  });
}
