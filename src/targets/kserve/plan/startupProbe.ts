import type { DeploymentMode, HttpProbe } from '../../../kserve/index.ts';
import type { Serves } from '../../../packaging/modelPackage.ts';

const periodSeconds = 5;
/** As long as a store of many gigabytes may take to be unpacked; whoever waits is told of faults long before. */
const longestStartSeconds = 3600;

/**
 * A start-up probe that succeeds when the server itself listens, from when on requests wait for its worker.
 *
 * @returns undefined for packages that need none, where Knative decides who gets requests, and where the mode is unknown
 */
export function startupProbe(startup: Serves['startup'], mode: DeploymentMode | undefined): HttpProbe | undefined {
  if (startup === undefined || mode !== 'Standard') return undefined;
  const { path, port } = startup;
  return {
    httpGet: { path, port },
    periodSeconds,
    timeoutSeconds: 5,
    failureThreshold: longestStartSeconds / periodSeconds,
  };
}
