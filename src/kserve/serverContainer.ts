import type { Container } from './resources/core.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';

/** Name of the container in which a model server runs. */
export const serverContainerName = 'kserve-container';

/** The container of a runtime into which KServe merges what an InferenceService says of its model. */
export function serverContainerOf({ spec }: ServingRuntime): Container | undefined {
  return spec.containers?.find(({ name }) => name === serverContainerName);
}
