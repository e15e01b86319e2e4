import { runtimeRequestOf, selectRuntime } from '../runtimeSelection.ts';
import type { InferenceService } from '../resources/inferenceService.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';

/** Serving runtimes of a namespace and of its cluster; undefined where they may not be listed. */
export interface ListedRuntimes {
  readonly namespaced: readonly ServingRuntime[] | undefined;
  readonly clusterWide: readonly ServingRuntime[] | undefined;
}

/**
 * Why KServe would not take the other runtimes, one sentence each, those that come near first. Of a service that names
 * its runtime: what KServe would take by itself, where that is another one.
 */
export function otherRuntimes(
  service: InferenceService,
  { namespaced = [], clusterWide = [] }: ListedRuntimes,
): readonly string[] {
  const request = runtimeRequestOf(service);
  if (!request) return [];
  const { runtime: named, ...automatic } = request;
  const { chosen, rejected } = selectRuntime(automatic, namespaced, clusterWide);
  if (named !== undefined) {
    const name = chosen?.runtime.metadata.name;
    return name === undefined || name === named
      ? []
      : [`KServe by itself would take ${name}. ${chosen?.sentence ?? ''}`];
  }
  const isNear = (reason: string): boolean => reason !== 'format';
  const near = rejected.filter(({ reason }) => isNear(reason));
  return [...near, ...rejected.filter(({ reason }) => !isNear(reason))].map(({ sentence }) => sentence);
}
