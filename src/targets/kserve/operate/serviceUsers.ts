import type { Task } from '../../../foundation/task.ts';
import { inferenceGraphs, type InferenceGraph } from '../../../kserve/resources/inferenceGraph.ts';
import { trainedModels, type TrainedModel } from '../../../kserve/resources/trainedModel.ts';
import { readableItems } from '../plan/readRuntimes.ts';
import type { Place } from '../place.ts';

/**
 * What else of the namespace uses a service: graphs that ask it, models that were loaded into it. One name each, with its
 * kind; what may not be listed, or does not exist in this cluster, is left out.
 */
export async function usersOf(place: Place, name: string, task: Task): Promise<readonly string[]> {
  const [graphs = [], models = []] = await Promise.all([
    readableItems(place, inferenceGraphs, task),
    readableItems(place, trainedModels, task),
  ]);
  return [
    ...graphs.filter((graph) => asks(graph, name)).map(({ metadata }) => `InferenceGraph ${metadata.name}`),
    ...models.filter((model) => isIn(model, name)).map(({ metadata }) => `TrainedModel ${metadata.name}`),
  ];
}

function asks({ spec }: InferenceGraph, name: string): boolean {
  return Object.values(spec?.nodes ?? {}).some(({ steps = [] }) =>
    steps.some(({ serviceName }) => serviceName === name),
  );
}

function isIn({ spec }: TrainedModel, name: string): boolean {
  return spec?.inferenceService === name;
}
