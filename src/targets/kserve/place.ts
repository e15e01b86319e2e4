import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { ObjectName } from '../../cluster/objects/resource.ts';

/** One namespace of a connected cluster: where everything in this folder happens. */
export interface Place {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  /** Written into annotations. */
  readonly extensionVersion: string;
  readonly log: (message: string) => void;
}

/** `kserve:<context>/<namespace>`. */
export function targetId(contextName: string, namespace: string): string {
  return `kserve:${contextName}/${namespace}`;
}

export function deploymentId(place: Place, name: string): string {
  return `${targetId(place.connection.context.name, place.namespace)}/${name}`;
}

export function inPlace({ namespace }: Place, name: string): ObjectName {
  return { namespace, name };
}
