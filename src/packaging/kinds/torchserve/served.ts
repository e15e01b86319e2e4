import type { Serves } from '../../modelPackage.ts';

/** Name of this kind of package. */
export const torchServeKind = 'torchserve';

/** Where TorchServe itself listens in KServe's pod, for predictions and management; 8080 is KServe's wrapper in front of it. */
export const torchServePort = 8085;

/**
 * Where a TorchServe archive can be served: KServe calls it by the framework, `pytorch`, whatever the handler runs. KServe's
 * own probe asks its wrapper on 8080 only, which up to TorchServe 0.9, the image that KServe 0.20 comes with, is ready as soon
 * as it sees an archive: the old version of a service would be ended while the new one answers every request with 500
 * (measured).
 */
export const torchServeServes: Serves = {
  modelFormat: 'pytorch',
  protocols: ['v1', 'v2'],
  server: 'torchserve',
  startup: { port: torchServePort, path: '/ping' },
};
