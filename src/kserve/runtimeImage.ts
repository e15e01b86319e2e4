import { serverTypeOf } from './runtimeSelection.ts';
import type { PredictorModel } from './resources/inferenceService.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';

const tag = /:([\w.-]*)$/;

/**
 * The image that KServe v0.20 runs for a model: that of the runtime's `kserve-container`, with another tag for
 * `runtimeVersion` or a GPU (`UpdateImageTag` in `inferenceservice/utils/utils.go`). The model may bring its own image.
 */
export function runtimeImage(runtime: ServingRuntime, model: PredictorModel): string | undefined {
  const container = runtime.spec.containers?.find(({ name }) => name === 'kserve-container');
  const own = model['image'];
  const image = typeof own === 'string' && own !== '' ? own : container?.image;
  if (image === undefined || image.includes('@sha256:')) return image;
  if (model.runtimeVersion !== undefined) return `${image.replace(tag, '')}:${model.runtimeVersion}`;
  if (!tag.test(image)) return image;
  const limits = { ...container?.resources?.limits, ...model.resources?.limits };
  const type = serverTypeOf(runtime);
  if (Object.keys(limits).some((name) => name === 'nvidia.com/gpu' || name.startsWith('nvidia.com/mig'))) {
    const hasGpuBuild = ['tensorflow-serving', 'torchserve', 'huggingfaceserver'].includes(type);
    return hasGpuBuild && !image.endsWith('-gpu') ? `${image}-gpu` : image;
  }
  const repository = image.replace(tag, '');
  return type === 'vllmserver' && !repository.endsWith('-cpu') ? image.replace(tag, '-cpu:$1') : image;
}

/** Of an image's tag that begins like a version, for example `[0, 9, 0]` of `pytorch/torchserve-kfs:0.9.0-gpu`. */
export function imageVersion(image: string): readonly number[] | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(tag.exec(image)?.[1] ?? '');
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0));
}

/** Whether a version comes before another one. */
export function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== (other[index] ?? 0));
  return at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
}
