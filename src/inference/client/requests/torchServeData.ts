import type { RequestDialect } from './requestDialect.ts';

/** TorchServe's `kserve` envelope, our own server, and most transformers. */
export const torchServeData: RequestDialect = {
  name: 'torchserve',
  label: 'TorchServe',
  before: '{"instances":[{"data":"',
  after: '"}]}',
};
