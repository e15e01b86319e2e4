import type { PackageKind } from '../packageKind.ts';
import { archiveGraph } from './archiveGraph.ts';
import { adoptArchive } from './adoptArchive.ts';
import { checkPackage } from './checks/checkPackage.ts';
import { manifestName, readArchive } from './readArchive.ts';
import { suitsTorchServe, torchServeKind, torchServeServes, servesOfArchive } from './served.ts';
import { lacksOnnxRuntime } from './vendored/vendoredOnnxRuntime.ts';
import { packageModel } from './writeArchive.ts';

/** Archives for TorchServe: `model-store/<name>.mar` beside `config/config.properties`. */
export const torchServePackages: PackageKind = {
  kind: torchServeKind,
  label: 'TorchServe archive',
  serves: torchServeServes,
  check: checkPackage,
  suits: suitsTorchServe,
  foresee: (request) => Promise.resolve(servesOfArchive(lacksOnnxRuntime(request))),
  write: packageModel,
  recognises: (file, isFolder) => file.endsWith('.mar') && !isFolder,
  adopt: adoptArchive,
  async read(archive, task) {
    const { manifest, contract, preprocessing, labels, sha256, warnings } = await readArchive(archive, task);
    return {
      ...(manifest && { description: { name: manifestName, text: `${JSON.stringify(manifest, null, 2)}\n` } }),
      ...(contract && { contract }),
      ...(preprocessing && { preprocessing }),
      ...(labels && { labels }),
      ...(sha256 !== undefined && { sha256 }),
      warnings,
    };
  },
  onnxGraph: archiveGraph,
};
