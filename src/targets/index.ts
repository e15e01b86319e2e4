/** Where models are served. */
export { ThisComputer } from './thisComputer.ts';
export type { ThisComputerOptions } from './thisComputer.ts';
export type { DeployPlan, DeployRequest, Deployment, DeploymentState, DeployStep, Target } from './target.ts';
