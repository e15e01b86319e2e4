/** A deployment, as a value: which target serves it, and what it is called there. Names have no slash. */
export interface DeploymentRef {
  readonly targetId: string;
  readonly name: string;
}

/** The deployment's id, which is stable over sessions. */
export function formatDeploymentRef({ targetId, name }: DeploymentRef): string {
  return `${targetId}/${name}`;
}

/** @returns undefined for a text that is no id of a deployment */
export function parseDeploymentRef(deploymentId: string): DeploymentRef | undefined {
  const [, targetId, name] = /^([^]+)\/([^/]+)$/.exec(deploymentId) ?? [];
  return targetId === undefined || name === undefined ? undefined : { targetId, name };
}
