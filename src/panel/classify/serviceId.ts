/** What the id of an InferenceService's deployment says, `kserve:<context>/<namespace>/<name>`. */
export interface ServiceId {
  readonly contextName: string;
  readonly namespace: string;
  readonly name: string;
}

/** @returns undefined for a deployment of another kind of target */
export function parseServiceId(deploymentId: string): ServiceId | undefined {
  // Names of contexts may have slashes in them (those of EKS do); Kubernetes' names have none.
  const [, contextName, namespace, name] = /^kserve:(.+)\/([^/]+)\/([^/]+)$/.exec(deploymentId) ?? [];
  if (contextName === undefined || namespace === undefined || name === undefined) return undefined;
  return { contextName, namespace, name };
}
