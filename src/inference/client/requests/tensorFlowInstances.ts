import type { RequestDialect } from './requestDialect.ts';

/** TensorFlow Serving of a graph that decodes pictures itself, as KServe's flowers sample does. */
export const tensorFlowServing: RequestDialect = {
  name: 'tensorflow-serving',
  label: 'TensorFlow Serving',
  before: '{"instances":[{"image_bytes":{"b64":"',
  after: '"},"key":"1"}]}',
};
