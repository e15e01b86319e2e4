import type { Task } from '../../foundation/task.ts';
import type { Endpoint, ImageResult } from '../endpoint.ts';
import { EndpointClient } from './endpointClient.ts';
import type { ClientOptions, ImageQuestion } from './endpointClient.ts';

export interface PredictRequest extends ImageQuestion, ClientOptions {
  readonly endpoint: Endpoint;
}

/**
 * Classifies one image over a connection of its own. Who has more than one question keeps an `EndpointClient`.
 * @throws ModelDeckError as `EndpointClient.predict` does
 */
export async function predict(request: PredictRequest, task?: Task): Promise<ImageResult> {
  const client = new EndpointClient(request.endpoint, request);
  try {
    return await client.predict(request, task);
  } finally {
    client.close();
  }
}
