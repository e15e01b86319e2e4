import { readyWhenModelIs, restricted, usualResources, type RuntimeTemplate } from './runtimeTemplate.ts';

/** As KServe's `config/runtimes/kserve-mlserver.yaml`, with a probe; what runs is said by the model's own settings. */
export const mlServerRuntime: RuntimeTemplate = {
  server: 'mlserver',
  name: 'model-deck-mlserver',
  image: 'docker.io/seldonio/mlserver:1.7.1',
  formats: [
    { name: 'mlflow', version: '2', autoSelect: true, priority: 1 },
    { name: 'sklearn', version: '1', autoSelect: true, priority: 2 },
    { name: 'xgboost', version: '2', autoSelect: true, priority: 2 },
    { name: 'lightgbm', version: '4', autoSelect: true, priority: 2 },
  ],
  protocols: ['v2'],
  metricsPort: 8080,
  container: {
    env: [
      { name: 'MLSERVER_MODEL_IMPLEMENTATION', value: '{{.Labels.modelClass}}' },
      { name: 'MLSERVER_HTTP_PORT', value: '8080' },
      { name: 'MLSERVER_GRPC_PORT', value: '9000' },
    ],
    securityContext: restricted,
    resources: usualResources,
    ...readyWhenModelIs,
  },
};
