import { readyWhenModelIs, restricted, usualResources, type RuntimeTemplate } from './runtimeTemplate.ts';

/** As KServe's `config/runtimes/kserve-openvino.yaml`, which is in none of its installations, with a probe. */
export const openVinoRuntime: RuntimeTemplate = {
  server: 'ovms',
  name: 'model-deck-openvino',
  image: 'openvino/model_server:2025.2',
  formats: [
    { name: 'openvino', version: '10', autoSelect: true, priority: 1 },
    { name: 'onnx', version: '1', autoSelect: true, priority: 2 },
  ],
  protocols: ['v1', 'v2', 'grpc-v2'],
  metricsPort: 8080,
  container: {
    args: [
      '--model_name={{.Name}}',
      '--model_path=/mnt/models',
      '--port=9000',
      '--rest_port=8080',
      '--file_system_poll_wait_seconds=0',
    ],
    securityContext: { ...restricted, runAsUser: 5000 },
    resources: usualResources,
    ...readyWhenModelIs,
  },
};
