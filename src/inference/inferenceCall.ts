import {
  buildV1Request,
  buildV2Request,
  parseV1Response,
  parseV2Response,
  v1PredictPath,
  v2InferPath,
} from '../kserve/index.ts';
import type { Endpoint } from './endpoint.ts';

/** The call of one image in the endpoint's protocol. */
export interface InferenceCall {
  readonly url: string;
  readonly body: string;
  readonly parseResponse: (text: string) => unknown[];
}

export function inferenceCall(endpoint: Endpoint, image: Uint8Array): InferenceCall {
  return endpoint.protocol === 'v1'
    ? { url: inferenceUrl(endpoint), body: buildV1Request([image]), parseResponse: parseV1Response }
    : { url: inferenceUrl(endpoint), body: buildV2Request(inputName, [image]), parseResponse: parseV2Response };
}

/** How the input of a V2 request is named; servers repeat it. */
const inputName = 'image';

export function inferenceUrl({ baseUrl, modelName, protocol }: Endpoint): string {
  return baseUrl + (protocol === 'v1' ? v1PredictPath(modelName) : v2InferPath(modelName));
}
