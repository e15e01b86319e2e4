/** From an image file to predictions: decoding, preprocessing, the request, and reading the answer. */
export { decodeImage } from './image/decodeImage.ts';
export { discoverModels } from './client/discoverModels.ts';
export type {
  Endpoint,
  ExchangeRequest,
  ExchangeResponse,
  ImageResult,
  ModelKnowledge,
  Prediction,
} from './endpoint.ts';
export { EndpointClient } from './client/endpointClient.ts';
export type { ClientOptions, ImageQuestion } from './client/endpointClient.ts';
export type { ModelInput, TensorInput } from './client/modelInput.ts';
export { predict } from './client/predict.ts';
export type { PredictRequest } from './client/predict.ts';
export { readPredictions, topK } from './answers/predictions.ts';
export { prepareImage } from './image/prepareImage.ts';
export type { PreparedImage } from './image/prepareImage.ts';
export { preprocess } from './image/preprocess.ts';
export type { RgbImage } from './image/rgbImage.ts';
export { asCurl, asPython } from './snippets/snippets.ts';
export { thumbnail } from './image/thumbnail.ts';
