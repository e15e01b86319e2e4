import { formatDeploymentRef, parseDeploymentRef } from '../deploymentRef.ts';

/**
 * Where things are in the clusters of a kubeconfig, as values. Ids are made of them here and taken apart here, and nowhere
 * else: names of contexts may hold slashes and colons (those of EKS do), names of Kubernetes hold neither.
 */

/** A namespace of the cluster that a context leads to. */
export interface NamespaceRef {
  /** Name in the kubeconfig. */
  readonly context: string;
  readonly namespace: string;
}

/** An InferenceService. */
export interface ServiceRef extends NamespaceRef {
  readonly name: string;
}

/** The id of the target: `kserve:<context>/<namespace>`. */
export function formatNamespaceRef({ context, namespace }: NamespaceRef): string {
  return `kserve:${context}/${namespace}`;
}

/** The id of the deployment: `kserve:<context>/<namespace>/<name>`. */
export function formatServiceRef({ name, ...place }: ServiceRef): string {
  return formatDeploymentRef({ targetId: formatNamespaceRef(place), name });
}

/** @returns undefined for the id of another kind of target */
export function parseNamespaceRef(targetId: string): NamespaceRef | undefined {
  const [, context, namespace] = /^kserve:([^]*)\/([^/]+)$/.exec(targetId) ?? [];
  return context === undefined || namespace === undefined ? undefined : { context, namespace };
}

/** @returns undefined for the id of a deployment of another kind of target */
export function parseServiceRef(deploymentId: string): ServiceRef | undefined {
  const deployment = parseDeploymentRef(deploymentId);
  const place = deployment && parseNamespaceRef(deployment.targetId);
  return place && { ...place, name: deployment.name };
}
