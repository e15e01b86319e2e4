import { declaredServer } from './servers/index.ts';
import { serverContainerOf } from './serverContainer.ts';
import type { Quantity } from './resources/core.ts';
import type { PredictorModel } from './resources/inferenceService.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';

const tag = /:([\w.-]*)$/;

/**
 * The image that KServe v0.20 runs for a model: that of the runtime's `kserve-container`, with another tag for
 * `runtimeVersion` or a GPU (`UpdateImageTag` in `inferenceservice/utils/utils.go`). The model may bring its own image.
 */
export function runtimeImage(runtime: ServingRuntime, model: PredictorModel): string | undefined {
  const container = serverContainerOf(runtime);
  const own = model['image'];
  const image = typeof own === 'string' && own !== '' ? own : container?.image;
  if (image === undefined || image.includes('@sha256:')) return image;
  if (model.runtimeVersion !== undefined) return `${image.replace(tag, '')}:${model.runtimeVersion}`;
  if (!tag.test(image)) return image;
  const limits = { ...container?.resources?.limits, ...model.resources?.limits };
  if (asksForGpu(limits)) {
    return declaredServer(runtime)?.hasGpuBuild === true && !image.endsWith('-gpu') ? `${image}-gpu` : image;
  }
  const isOfCpu = image.replace(tag, '').endsWith('-cpu');
  return declaredServer(runtime)?.hasCpuBuild === true && !isOfCpu ? image.replace(tag, '-cpu:$1') : image;
}

/** Whether resources name an NVIDIA GPU, whole or in parts. */
export function asksForGpu(resources: Readonly<Record<string, Quantity>>): boolean {
  return Object.keys(resources).some((name) => name === 'nvidia.com/gpu' || name.startsWith('nvidia.com/mig'));
}
