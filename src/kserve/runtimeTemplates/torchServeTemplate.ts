import { restricted, usualResources, type RuntimeTemplate } from './runtimeTemplate.ts';

/** As KServe's `config/runtimes/kserve-torchserve.yaml`, for clusters from which it was taken away. */
export const torchServeRuntime: RuntimeTemplate = {
  server: 'torchserve',
  name: 'model-deck-torchserve',
  image: 'pytorch/torchserve-kfs:0.12.0',
  formats: [{ name: 'pytorch', version: '1', autoSelect: true, priority: 2 }],
  protocols: ['v1', 'v2', 'grpc-v2'],
  metricsPort: 8082,
  container: {
    args: [
      'torchserve',
      '--start',
      '--model-store=/mnt/models/model-store',
      '--ts-config=/mnt/models/config/config.properties',
    ],
    env: [{ name: 'TS_SERVICE_ENVELOPE', value: '{{.Labels.serviceEnvelope}}' }],
    securityContext: { ...restricted, runAsUser: 1000 },
    resources: usualResources,
  },
};
