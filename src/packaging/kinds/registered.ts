import { mlServerPackages } from './mlserver/mlServerPackages.ts';
import { openVinoPackages } from './openvino/openVinoPackages.ts';
import { PackageKinds } from './packageKinds.ts';
import { torchServePackages } from './torchserve/torchServePackages.ts';
import { tritonPackages } from './triton/tritonPackages.ts';

/** The kinds of packages, one line each; the first is taken where nothing else is said. */
export const packageKinds = new PackageKinds([torchServePackages, tritonPackages, mlServerPackages, openVinoPackages]);
