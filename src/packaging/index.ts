export { checkPackage } from './kinds/torchserve/checks/checkPackage.ts';
export { detectModelFolder } from './read/detectModelFolder.ts';
export { adoptArchive } from './kinds/torchserve/adoptArchive.ts';
export { labelList } from './kinds/torchserve/archiveLabels.ts';
export { packageModel } from './kinds/torchserve/writeArchive.ts';
export { extractArchive, readArchive, readEntry, requireManifest } from './kinds/torchserve/readArchive.ts';
export { contractOf, withContract } from './spec/specContract.ts';
export { parseSpec, readSpec } from './spec/parseSpec.ts';
export { formatSpec, rememberDeploy, writeSpec } from './spec/writeSpec.ts';
