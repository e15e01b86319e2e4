import type { DeployStep } from '../../targets/target.ts';

/** What the user reads for each step of a deployment. */
export const deployWords: Readonly<Record<DeployStep, string>> = {
  plan: 'Choosing the runtime',
  upload: 'Copying the archive to the store',
  verify: 'Verifying the copy',
  'start-server': 'Starting the server',
  'load-model': 'Loading the model',
  'wait-ready': 'Waiting for the model to answer',
  'start-upload-pod': 'Starting the pod that receives the archive',
  apply: 'Applying the objects',
  'wait-controller': "Waiting for KServe's controller",
  'wait-scheduled': 'Waiting for a node',
  'wait-containers': 'Waiting for the containers',
  undo: 'Taking back what was made',
};
