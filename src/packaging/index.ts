export { packageModel } from './mar/packageModel.ts';
