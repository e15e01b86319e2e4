import { ModelDeckError } from '../foundation/error.ts';
import type { ErrorCategory } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import { readErrorText } from '../kserve/index.ts';
import type { Endpoint, ImageResult } from './endpoint.ts';
import { postJson } from './httpExchange.ts';
import type { HttpAnswer } from './httpExchange.ts';
import { inferenceCall } from './inferenceCall.ts';
import { readPredictions, topK } from './predictions.ts';
import { prepareImage } from './prepareImage.ts';

export interface PredictRequest {
  readonly endpoint: Endpoint;
  /** An image file's bytes, in any format that `decodeImage` reads. */
  readonly image: Uint8Array;
  /** How many predictions are wanted, 1 or more. */
  readonly k: number;
  /** Milliseconds for the server's answer; TorchServe's own limit (120 s) when left out. */
  readonly timeoutMs?: number;
}

/**
 * Classifies one image: prepares it for the runtime, asks, and reads the answer.
 * @throws ModelDeckError `invalid-input` (a broken image, or too large for the server), `unreachable`, `timeout`, `unauthorized`,
 *   `forbidden`, `not-found` (no such model), `server` (with the server's own words), `cancelled`
 */
export async function predict(request: PredictRequest, task?: Task): Promise<ImageResult> {
  const { endpoint, k } = request;
  const started = performance.now();
  const image = await prepareImage(request.image, endpoint, task);
  const call = inferenceCall(endpoint, image.bytes);
  const sent = performance.now();
  const answer = await postJson(
    {
      url: call.url,
      body: call.body,
      headers: endpoint.headers ?? {},
      timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    },
    task,
  );
  const answered = performance.now();
  if (answer.status !== 200) throw statusError(endpoint, answer, call.body.length);
  const [first] = call.parseResponse(answer.body);
  if (first === undefined) throw new ModelDeckError('server', 'The server answered without a prediction.');
  const predictions = readPredictions(first, endpoint.labels);
  return {
    predictions: topK(predictions, k),
    classCount: predictions.length,
    timing: { prepareMs: sent - started, requestMs: answered - sent },
    request: { method: 'POST', url: call.url, body: shortenBase64(call.body) },
    response: { status: answer.status, body: shownBody(answer.body) },
  };
}

/** `default_response_timeout` of TorchServe: it gives up by itself after that. */
const defaultTimeoutMs = 120_000;
/** Longest answer that is kept for display, in characters. */
const maxShownLength = 1024 * 1024;
/** How much of a base64 text is shown: enough to recognise the format by. */
const shownBase64Length = 48;

function shortenBase64(body: string): string {
  return body.replace(
    /[A-Za-z0-9+/=]{200,}/g,
    (text) => `${text.slice(0, shownBase64Length)}… (${text.length} characters of base64)`,
  );
}

function shownBody(body: string): string {
  if (body.length <= maxShownLength) return body;
  return `${body.slice(0, maxShownLength)}… (${body.length - maxShownLength} more characters)`;
}

function statusError(endpoint: Endpoint, answer: HttpAnswer, requestLength: number): ModelDeckError {
  const { baseUrl, modelName } = endpoint;
  const words = readErrorText(answer.body);
  const said = words === undefined ? '' : `: "${words}"`;
  const make = (category: ErrorCategory, what: string, remedy: string): ModelDeckError =>
    new ModelDeckError(category, `${what} (${answer.status})${said}.`, { remedy });
  const { status } = answer;
  if (status === 401)
    return make('unauthorized', `${baseUrl} wants credentials`, 'Log in to the cluster, or add a token.');
  if (status === 403) return make('forbidden', `${baseUrl} refuses the request`, 'Ask for access to this model.');
  if (status === 404) {
    const what = `${baseUrl} has no model "${modelName}"`;
    return make(
      'not-found',
      what,
      'Check the name: it is that of the model in the package, not that of the deployment.',
    );
  }
  if (status === 413) {
    const what = `${baseUrl} refuses the image as too large, in a request of ${requestLength} bytes`;
    return make(
      'invalid-input',
      what,
      "Use a smaller image, or raise max_request_size in the server's config.properties.",
    );
  }
  if (status >= 300 && status < 400) {
    const what = `${baseUrl} redirects to ${redirectOrigin(answer.location, baseUrl)}, probably a login page`;
    return make('unauthorized', what, 'Log in to the cluster, or use an address inside it.');
  }
  if (status === 400)
    return make(
      'server',
      'The server rejects the request',
      'Check the protocol (v1 or v2) and the handler of the model.',
    );
  if (status === 503)
    return make(
      'server',
      `The model "${modelName}" is not ready`,
      'Wait until it is loaded, then try again; the log of the deployment says more.',
    );
  return make('server', `The server failed on "${modelName}"`, 'Look at the log of the deployment.');
}

/** Only the origin: a login address may carry tokens in its query. */
function redirectOrigin(location: string | undefined, base: string): string {
  try {
    return new URL(location ?? '', base).origin;
  } catch {
    return 'another address';
  }
}
