/** From an archive to a deployment that answers. */
export { deployModel, planDeploy } from './deployModel.ts';
export type { DeployOrder } from './deployModel.ts';
export { noStoreFor, storesFor } from './storeChoices.ts';
