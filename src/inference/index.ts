/** From an image file to predictions: decoding, preprocessing, the request, and reading the answer. */
export { decodeImage } from './decodeImage.ts';
export { discoverModels } from './discoverModels.ts';
export type {
  Endpoint,
  ExchangeRequest,
  ExchangeResponse,
  ImageResult,
  ModelKnowledge,
  Prediction,
} from './endpoint.ts';
export { EndpointClient } from './endpointClient.ts';
export type { ClientOptions, ImageQuestion } from './endpointClient.ts';
export type { ModelInput, TensorInput } from './modelInput.ts';
export { predict } from './predict.ts';
export type { PredictRequest } from './predict.ts';
export { readPredictions, topK } from './predictions.ts';
export { prepareImage } from './prepareImage.ts';
export type { PreparedImage } from './prepareImage.ts';
export { preprocess } from './preprocess.ts';
export type { RgbImage } from './rgbImage.ts';
export { asCurl, asPython } from './snippets.ts';
export { thumbnail } from './thumbnail.ts';
