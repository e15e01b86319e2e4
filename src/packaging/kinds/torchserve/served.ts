import type { Serves } from '../../modelPackage.ts';
import type { Finding } from '../../read/detection.ts';
import { onnxRuntimePackage } from '../vendoring.ts';

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

/** What one archive needs. @param lacksOnnxRuntime whether its handler imports onnxruntime, and the archive does not have it */
export function servesOfArchive(lacksOnnxRuntime: boolean): Serves {
  return lacksOnnxRuntime ? { ...torchServeServes, pythonPackages: [onnxRuntimePackage] } : torchServeServes;
}

/**
 * What an image of TorchServe says to an archive. Those of the project have no onnxruntime (Dockerfile and requirements of 0.9
 * to 0.12); one that somebody has built of them may.
 */
export function suitsTorchServe({ pythonPackages = [] }: Serves, image: string): readonly Finding[] {
  if (!pythonPackages.includes(onnxRuntimePackage)) return [];
  const isStock = /(^|\/)pytorch\/torchserve(-kfs)?[:@]/.test(image);
  return [
    {
      code: 'torchserve-image-without-onnxruntime',
      severity: isStock ? 'error' : 'warning',
      message: isStock
        ? `${image} has no onnxruntime, which the handler of this archive needs.`
        : `The handler of this archive needs onnxruntime, and whether ${image} has it is not known here.`,
      remedy:
        'Deploy it for Triton; or name a wheel of onnxruntime, or a package index, in "modelDeck.torchServe.onnxRuntime", and package again.',
      laterMessage: "ModuleNotFoundError: No module named 'onnxruntime'",
    },
  ];
}
