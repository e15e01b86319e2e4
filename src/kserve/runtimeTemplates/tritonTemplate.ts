import { readyWhenModelIs, restricted, usualResources, type RuntimeTemplate } from './runtimeTemplate.ts';

/** As KServe's `config/runtimes/kserve-tritonserver.yaml`, with a probe and a newer image: ONNX Runtime 1.23. */
export const tritonRuntime: RuntimeTemplate = {
  server: 'tritonserver',
  name: 'model-deck-tritonserver',
  image: 'nvcr.io/nvidia/tritonserver:25.08-py3',
  formats: [{ name: 'triton', version: '2', autoSelect: true, priority: 1 }],
  protocols: ['v2', 'grpc-v2'],
  metricsPort: 8002,
  container: {
    args: [
      'tritonserver',
      '--model-store=/mnt/models',
      '--grpc-port=9000',
      '--http-port=8080',
      '--allow-grpc=true',
      '--allow-http=true',
    ],
    securityContext: { ...restricted, runAsUser: 1000 },
    resources: usualResources,
    ...readyWhenModelIs,
  },
};
