export { checkPackage } from './checks/checkPackage.ts';
export { detectModelFolder } from './detect/detectModelFolder.ts';
export { adoptArchive } from './mar/adoptArchive.ts';
export { labelList } from './mar/labels.ts';
export { packageModel } from './mar/packageModel.ts';
export { extractArchive, readArchive, readEntry, requireManifest } from './mar/readArchive.ts';
export { parseSpec, readSpec } from './spec/parseSpec.ts';
export { formatSpec, rememberDeploy, writeSpec } from './spec/writeSpec.ts';
