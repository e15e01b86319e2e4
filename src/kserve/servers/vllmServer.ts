import type { ModelServer } from './modelServer.ts';

export const vllmServer: ModelServer = {
  type: 'vllmserver',
  runtimeName: 'kserve-vllmserver',
  pattern: /vllm/,
  hasCpuBuild: true,
};
