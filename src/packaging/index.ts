export { packageModel } from './mar/packageModel.ts';
export { parseSpec, readSpec } from './spec/parseSpec.ts';
export { formatSpec, writeSpec } from './spec/writeSpec.ts';
