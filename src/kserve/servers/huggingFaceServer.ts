import type { ModelServer } from './modelServer.ts';

export const huggingFaceServer: ModelServer = {
  label: 'the Hugging Face server of KServe',
  type: 'huggingfaceserver',
  runtimeName: 'kserve-huggingfaceserver',
  pattern: /huggingfaceserver/,
  hasGpuBuild: true,
  usesGpu: true,
};
