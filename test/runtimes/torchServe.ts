import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { torchServePorts } from '../../src/local/torchserve/serverConfig.ts';
import { startTorchServe } from '../../src/local/torchserve/torchServeProcess.ts';
import { waitUntil } from '../waitUntil.ts';

/** A TorchServe whose archives are loaded and unloaded by name. */
export interface TorchServe {
  /** Absolute path of the folder for archives. */
  readonly models: string;
  /** @throws Error with the errors of its log */
  readonly load: (model: string) => Promise<void>;
  readonly unload: (model: string) => Promise<void>;
  readonly ask: (model: string, picture: string) => Promise<Record<string, number>>;
  readonly stop: () => Promise<void>;
}

/** @param python that has TorchServe. @param folder absolute, for archives and what it writes */
export async function startTorchServeIn(python: string, folder: string): Promise<TorchServe> {
  const [models, workFolder] = [path.join(folder, 'model-store'), path.join(folder, 'work')];
  for (const one of [models, workFolder]) await mkdir(one, { recursive: true });
  const ports = await torchServePorts();
  const inference = `http://127.0.0.1:${ports.inference}`;
  const management = `http://127.0.0.1:${ports.management}`;
  const configFile = path.join(workFolder, 'config.properties');
  await writeFile(
    configFile,
    [
      `inference_address=${inference}`,
      `management_address=${management}`,
      `metrics_address=http://127.0.0.1:${ports.metrics}`,
      'grpc_inference_address=127.0.0.1',
      'grpc_management_address=127.0.0.1',
      `grpc_inference_port=${ports.grpcInference}`,
      `grpc_management_port=${ports.grpcManagement}`,
      'disable_token_authorization=true',
      'disable_system_metrics=true',
      'enable_model_api=true',
      `model_store=${models}`,
      '',
    ].join('\n'),
  );
  const engine = { kind: 'torchserve', python, storeFolder: folder, workFolder } as const;
  const server = await startTorchServe(engine, configFile, () => undefined);
  await waitUntil('TorchServe answers', async () => (await fetch(`${inference}/ping`)).ok);
  return {
    models,
    async load(model) {
      const query = `url=${model}.mar&initial_workers=1&synchronous=true`;
      const response = await fetch(`${management}/models?${query}`, { method: 'POST' });
      const said = await response.text();
      if (response.ok) return;
      const errors = server.lines.filter((line) => line.includes('Error')).slice(-5);
      await fetch(`${management}/models/${model}`, { method: 'DELETE' });
      throw new Error(`${said} ${errors.join(' / ')}`);
    },
    unload: async (model) => void (await fetch(`${management}/models/${model}`, { method: 'DELETE' })),
    async ask(model, picture) {
      const body = await readFile(picture);
      const response = await fetch(`${inference}/predictions/${model}`, { method: 'POST', body });
      const said = await response.text();
      if (!response.ok) throw new Error(said);
      return JSON.parse(said) as Record<string, number>;
    },
    stop: () => server.stop(),
  };
}
