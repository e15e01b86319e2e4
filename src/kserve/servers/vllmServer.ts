import type { ModelServer } from './modelServer.ts';

export const vllmServer: ModelServer = {
  label: 'vLLM',
  type: 'vllmserver',
  runtimeName: 'kserve-vllmserver',
  pattern: /vllm/,
  hasCpuBuild: true,
  usesGpu: true,
};
