import { ModelDeckError } from '../../foundation/error.ts';
import type { ErrorCategory, NextStep } from '../../foundation/error.ts';
import { readErrorText } from '../../kserve/index.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpAnswer } from './httpExchange.ts';
import { isNotReady } from './answerPatience.ts';
import { signInPage } from './signInPage.ts';

/** Whether the answer is that of a guard in front of the model: everything else would be answered the same. */
export function isRefusal(answer: HttpAnswer): boolean {
  const { status } = answer;
  return (
    status === 401 || status === 403 || (status >= 300 && status < 400) || signInPage(answer, 'http://x') !== undefined
  );
}

/** The error for an answer other than 200, with the server's own words. @param requestLength in bytes */
export function statusError(endpoint: Endpoint, answer: HttpAnswer, requestLength: number): ModelDeckError {
  const { baseUrl, modelName } = endpoint;
  const words = readErrorText(answer.body);
  const said = words === undefined ? '' : `: "${words}"`;
  const make = (category: ErrorCategory, what: string, remedy: string, nextStep?: NextStep): ModelDeckError =>
    new ModelDeckError(category, `${what} (${answer.status})${said}.`, { remedy, ...(nextStep && { nextStep }) });
  const credentials: NextStep = { kind: 'set-credentials', endpointId: endpoint.id };
  const { status } = answer;
  if (isUpgrade(answer, endpoint))
    return make('unreachable', `${baseUrl} redirects to https`, 'Choose another route to it.');
  const guard = signInPage(answer, baseUrl);
  if (guard) {
    const where = guard.at === undefined ? 'answers its page' : `leads to ${guard.at}`;
    const what = `${baseUrl} is guarded by ${guard.by}, which ${where} instead of the model (${status}).`;
    return new ModelDeckError('unauthorized', what, {
      brief: 'wants a sign-in',
      remedy: guard.wayOn,
      nextStep: credentials,
    });
  }
  if (status === 401) {
    const remedy = 'Set the credentials of this endpoint: a token or a cookie.';
    return make('unauthorized', `${baseUrl} wants credentials`, remedy, credentials);
  }
  if (status === 403) {
    const remedy = 'Set credentials that may use this model, or ask for access to it.';
    return make('forbidden', `${baseUrl} refuses the request`, remedy, credentials);
  }
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
      "Use a smaller image, or raise the server's limit (of TorchServe: max_request_size in config.properties).",
    );
  }
  if (status >= 300 && status < 400) {
    const what = `${baseUrl} redirects to ${redirectOrigin(answer.location, baseUrl)}, where no model is known`;
    const remedy = 'If that is a login, set the cookie or token of this endpoint; else choose another route.';
    return make('unauthorized', what, remedy, credentials);
  }
  if (status === 400)
    return make(
      'server',
      'The server rejects the request',
      'Check the protocol (v1 or v2) and the handler of the model.',
    );
  if (isNotReady(answer))
    return make(
      'server',
      `The model "${modelName}" is not ready`,
      'Wait until it is loaded, then try again; the log of the deployment says more.',
    );
  return make('server', `The server failed on "${modelName}"`, 'Look at the log of the deployment.');
}

/** Whether a gateway sends http to https of the same name and path, which is no login. */
function isUpgrade({ status, location }: HttpAnswer, { baseUrl, headers = {} }: Endpoint): boolean {
  if (status < 300 || status >= 400) return false;
  const host = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  try {
    const base = new URL(baseUrl);
    const { protocol, hostname, pathname } = new URL(location ?? '', base);
    const name = host === undefined ? base.hostname : new URL(`http://${host}`).hostname;
    const isSame = hostname === name && /\/v[12](\/|$)/.test(pathname);
    return base.protocol === 'http:' && protocol === 'https:' && isSame;
  } catch {
    return false;
  }
}

/** Only the origin: a login address may carry tokens in its query. */
function redirectOrigin(location: string | undefined, base: string): string {
  try {
    return new URL(location ?? '', base).origin;
  } catch {
    return 'another address';
  }
}
