/** The V1 and V2 inference protocols of KServe as pure functions, shared by the client and the local server. */
export { errorBody, modelMissingMessage, modelNotReadyMessage } from './protocol/answer.ts';
export { readErrorText } from './protocol/errorText.ts';
export type { InferenceInput, InferenceRequest, InputTensor } from './protocol/inferenceRequest.ts';
export { isJsonObject } from './protocol/json.ts';
export type { JsonObject } from './protocol/json.ts';
export {
  parseModelNames,
  parseV2ModelMetadata,
  v1ModelPath,
  v1ModelsPath,
  v2ModelPath,
  v2ModelsPath,
  v2RepositoryIndexPath,
} from './protocol/models.ts';
export type { ModelMetadata } from './protocol/models.ts';
export {
  buildV1Request,
  parseV1Request,
  parseV1Response,
  v1Answer,
  v1ModelList,
  v1ModelReadiness,
  v1PredictPath,
} from './protocol/v1.ts';
export {
  buildV2InputRequest,
  buildV2Request,
  parseV2Request,
  parseV2Response,
  v2Answer,
  v2InferPath,
  v2ModelMetadata,
  v2ModelReadiness,
  v2ServerLive,
  v2ServerMetadata,
  v2ServerReady,
} from './protocol/v2.ts';
export type { TensorMetadata, V2Answer } from './protocol/v2.ts';
