import type { RequestDialect } from './requestDialect.ts';

/** KServe's custom models and image transformers, as its documentation writes them. */
export const kserveImage: RequestDialect = {
  name: 'kserve-image',
  label: "KServe's image transformers",
  before: '{"instances":[{"image":{"b64":"',
  after: '"}}]}',
};
