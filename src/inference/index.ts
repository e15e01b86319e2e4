/** From an image file to predictions: decoding, preprocessing, the request, and reading the answer. */
export { decodeImage } from './image/decodeImage.ts';
export { discoverModels } from './client/discoverModels.ts';
export type { Endpoint, Exchange, ExchangeRequest, ExchangeResponse, ImageResult, ModelKnowledge } from './endpoint.ts';
export { EndpointClient } from './client/endpointClient.ts';
export type { ClientOptions, ImageQuestion } from './client/endpointClient.ts';
export type { ModelInput, TensorInput } from './client/modelInput.ts';
export { predict } from './client/predict.ts';
export type { PredictRequest } from './client/predict.ts';
export { activations, sigmoid, softmax } from './answers/activation.ts';
export { nameOf, probabilityKinds } from './answers/answer.ts';
export type {
  AnswerKind,
  AnswerKnowledge,
  AnswerOffer,
  ClassValue,
  Interpretation,
  ModelAnswer,
} from './answers/answer.ts';
export type { AnswerDialect, Reading } from './answers/dialects/dialect.ts';
export { answerDialects } from './answers/dialects/index.ts';
export { interpret } from './answers/interpret.ts';
export { modelAnswer } from './answers/modelAnswer.ts';
export { compareAnswers } from './compare/compareAnswers.ts';
export type { AnswerComparison, ComparedAnswer } from './compare/compareAnswers.ts';
export { prepareImage } from './image/prepareImage.ts';
export type { PreparedImage } from './image/prepareImage.ts';
export { freePixelsEvery } from './image/pixelBudget.ts';
export { preprocess, preprocessFile } from './image/preprocess.ts';
export { seenPicture } from './image/seenPicture.ts';
export type { RgbImage } from './image/rgbImage.ts';
export { asCurl, asPython } from './snippets/snippets.ts';
export { thumbnail } from './image/thumbnail.ts';
