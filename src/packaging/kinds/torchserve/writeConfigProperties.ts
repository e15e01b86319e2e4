import type { ModelSpec } from '../../spec/modelSpec.ts';
import { torchServePort } from './served.ts';

/** The line that says that the server's image has onnxruntime. */
export const onnxRuntimeInImage = 'model_deck_onnxruntime=image';

/**
 * `config.properties` for KServe's TorchServe runtime. Its snapshot names the archive and the version of the manifest:
 * TorchServe refuses to start when they differ.
 *
 * Token authorisation is switched off here, not by an argument: TorchServe 0.9 does not know the argument and ends,
 * while an unknown property is passed over; since 0.11.1 it is on by default and keeps KServe's wrapper out.
 *
 * @param archiveName file name of the archive in the store, for example `resnet18.mar`
 * @param isOnnxRuntimeInImage the user says that the server's image has onnxruntime; kept here, in a property that TorchServe passes
 *   over, for whoever deploys the package later
 */
export function configProperties(
  spec: Pick<ModelSpec, 'name' | 'version' | 'requirements'>,
  archiveName: string,
  isOnnxRuntimeInImage = false,
): string {
  const snapshot = {
    name: 'startup.cfg',
    modelCount: 1,
    models: {
      [spec.name]: {
        [spec.version]: {
          defaultVersion: true,
          marName: archiveName,
          minWorkers: 1,
          maxWorkers: 1,
          // Batching by TorchServe does not work with KServe's envelopes ("number of batch response mismatched").
          batchSize: 1,
          maxBatchDelay: 100,
          responseTimeout: 120,
        },
      },
    },
  };
  const lines = [
    `inference_address=http://0.0.0.0:${torchServePort}`,
    `management_address=http://0.0.0.0:${torchServePort}`,
    'metrics_address=http://0.0.0.0:8082',
    'grpc_inference_port=7070',
    'grpc_management_port=7071',
    'enable_metrics_api=true',
    'metrics_format=prometheus',
    'metrics_mode=prometheus',
    'number_of_netty_threads=4',
    'job_queue_size=10',
    'enable_envvars_config=true',
    'disable_token_authorization=true',
    `install_py_dep_per_model=${spec.requirements !== undefined}`,
    ...(isOnnxRuntimeInImage ? [onnxRuntimeInImage] : []),
    'model_store=/mnt/models/model-store',
    `model_snapshot=${JSON.stringify(snapshot)}`,
  ];
  return `${lines.join('\n')}\n`;
}
