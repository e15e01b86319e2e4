import type { DeploymentMode, HttpProbe } from '../../../kserve/index.ts';
import { torchServePort } from '../../../packaging/kinds/torchserve/configProperties.ts';

const periodSeconds = 5;
/** As long as a store of many gigabytes may take to be unpacked; whoever waits is told of faults long before. */
const longestStartSeconds = 3600;

/**
 * A start-up probe that succeeds when TorchServe listens, from when on requests wait for its worker. KServe's own probe asks its
 * wrapper on 8080 only, which up to TorchServe 0.9, the image that KServe 0.20 comes with, is ready as soon as it sees an
 * archive: the old version of a service would be ended while the new one answers every request with 500 (measured).
 *
 * @returns undefined for other formats, where Knative decides who gets requests, and where the mode is unknown
 */
export function torchServeStarted(modelFormat: string, mode: DeploymentMode | undefined): HttpProbe | undefined {
  if (modelFormat !== 'pytorch' || mode !== 'Standard') return undefined;
  return {
    httpGet: { path: '/ping', port: torchServePort },
    periodSeconds,
    timeoutSeconds: 5,
    failureThreshold: longestStartSeconds / periodSeconds,
  };
}
