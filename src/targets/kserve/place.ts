import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { ObjectName } from '../../cluster/objects/resource.ts';
import { formatServiceRef, type NamespaceRef } from './serviceRef.ts';

/** One namespace of a connected cluster: where everything in this folder happens. */
export interface Place {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  /** Written into annotations. */
  readonly extensionVersion: string;
  readonly log: (message: string) => void;
}

export function refOf({ connection, namespace }: Place): NamespaceRef {
  return { context: connection.context.name, namespace };
}

export function deploymentId(place: Place, name: string): string {
  return formatServiceRef({ ...refOf(place), name });
}

export function inPlace({ namespace }: Place, name: string): ObjectName {
  return { namespace, name };
}
