import type { ModelServer } from './modelServer.ts';

export const tensorFlowServing: ModelServer = {
  label: 'TensorFlow Serving',
  type: 'tensorflow-serving',
  runtimeName: 'kserve-tensorflow-serving',
  pattern: /tensorflow[-\/]serving/,
  hasGpuBuild: true,
  usesGpu: true,
};
