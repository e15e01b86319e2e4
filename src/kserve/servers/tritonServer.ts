import type { ModelServer } from './modelServer.ts';

export const tritonServer: ModelServer = {
  label: 'Triton',
  type: 'tritonserver',
  runtimeName: 'kserve-tritonserver',
  pattern: /tritonserver/,
  defaultProtocol: 'v2',
};
