import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { freePorts } from '../../foundation/freePorts.ts';

/** Ports on 127.0.0.1 that a TorchServe listens on. */
export interface TorchServePorts {
  readonly inference: number;
  readonly management: number;
  readonly metrics: number;
  readonly grpcInference: number;
  readonly grpcManagement: number;
}

/** A port for each of TorchServe's listeners. */
export async function torchServePorts(): Promise<TorchServePorts> {
  const [inference = 0, management = 0, metrics = 0, grpcInference = 0, grpcManagement = 0] = await freePorts(5);
  return { inference, management, metrics, grpcInference, grpcManagement };
}

/**
 * The store's snapshot with addresses of this computer only: the store's own file says what KServe's container wants
 * (0.0.0.0, fixed ports, /mnt/models).
 *
 * @throws ModelDeckError when the store has no readable config.properties with a snapshot
 */
export async function localConfig(storeFolder: string, ports: TorchServePorts): Promise<string> {
  const file = path.join(storeFolder, 'config', 'config.properties');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'read config.properties', file);
  });
  const snapshot = text.split(/\r?\n/).find((line) => line.startsWith('model_snapshot='));
  if (snapshot === undefined) {
    throw new ModelDeckError(
      'invalid-input',
      'config.properties has no model_snapshot, so TorchServe would load nothing.',
      {
        remedy: 'Package the model again.',
        location: { path: file },
      },
    );
  }
  const here = 'http://127.0.0.1';
  return [
    `inference_address=${here}:${ports.inference}`,
    `management_address=${here}:${ports.management}`,
    `metrics_address=${here}:${ports.metrics}`,
    'grpc_inference_address=127.0.0.1',
    'grpc_management_address=127.0.0.1',
    `grpc_inference_port=${ports.grpcInference}`,
    `grpc_management_port=${ports.grpcManagement}`,
    'disable_token_authorization=true',
    'enable_envvars_config=false',
    'metrics_mode=log',
    'disable_system_metrics=true',
    'number_of_netty_threads=2',
    'job_queue_size=100',
    'install_py_dep_per_model=false',
    // Backslashes are escapes in a properties file.
    `model_store=${path.join(storeFolder, 'model-store').replaceAll('\\', '/')}`,
    snapshot,
    '',
  ].join('\n');
}
