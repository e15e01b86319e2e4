import type { ModelServer } from './modelServer.ts';

export const tensorFlowServing: ModelServer = {
  type: 'tensorflow-serving',
  runtimeName: 'kserve-tensorflow-serving',
  pattern: /tensorflow[-\/]serving/,
  hasGpuBuild: true,
};
