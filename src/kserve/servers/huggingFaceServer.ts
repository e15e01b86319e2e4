import type { ModelServer } from './modelServer.ts';

export const huggingFaceServer: ModelServer = {
  type: 'huggingfaceserver',
  runtimeName: 'kserve-huggingfaceserver',
  pattern: /huggingfaceserver/,
  hasGpuBuild: true,
};
