import { isModelFolder } from '../folder/readyMade.ts';
import { folderGraph } from '../folder/folderGraph.ts';
import type { PackageKind } from '../packageKind.ts';
import { adoptTriton, readTriton } from './readTriton.ts';
import { tritonKind, tritonServes } from './served.ts';
import { checkForTriton, foreseeTriton, suitsTriton } from './tritonChecks.ts';
import { repositoryRoot } from './tritonRepository.ts';
import { writeTriton } from './writeTriton.ts';

/** Model repositories for Triton: `<model>/config.pbtxt` and `<model>/1/model.onnx` or `model.pt`, ours or the user's own. */
export const tritonPackages: PackageKind = {
  kind: tritonKind,
  label: 'Triton model repository',
  serves: tritonServes,
  check: checkForTriton,
  suits: suitsTriton,
  foresee: foreseeTriton,
  write: writeTriton,
  recognises: async (file, isFolder) =>
    (await repositoryRoot(file)) !== undefined && !(isFolder && (await isModelFolder(file))),
  adopt: adoptTriton,
  read: readTriton,
  onnxGraph: folderGraph,
};
