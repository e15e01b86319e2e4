import { setTimeout as delay } from 'node:timers/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { readErrorText } from '../../kserve/index.ts';
import type { HttpAnswer, HttpRequest } from './httpExchange.ts';

/** How a service is waited for that may have to start first, from zero replicas or after its pod was replaced. All in milliseconds. */
export interface Patience {
  /** How long a request may take before it is said that the service is warming up. */
  readonly noticeMs: number;
  /** Pauses after an answer "not ready"; the last one repeats. A server's Retry-After goes before. */
  readonly pausesMs: readonly number[];
}

export const usualPatience: Patience = { noticeMs: 2000, pausesMs: [500, 1000, 2000, 4000, 5000] };

/**
 * How long KServe's wrapper in front of TorchServe is believed that TorchServe only starts, in milliseconds. Up to 0.9 it
 * calls a model ready from the first moment, and answers 500 whether TorchServe starts or has died.
 */
const startingMs = 120_000;
/** Longest pause that a server's Retry-After can ask for, in milliseconds. */
const longestPauseMs = 30_000;

export interface PatientRequest {
  /** `timeoutMs` is for all tries together. */
  readonly request: HttpRequest;
  readonly exchange: (request: HttpRequest, task?: Task) => Promise<HttpAnswer>;
  readonly patience: Patience;
  /** Called when it takes long or the server says that it is not ready, with the server's words. */
  readonly onWarmUp: (said?: string) => void;
}

/**
 * Asks until there is an answer other than "not ready", with growing pauses.
 * @throws ModelDeckError `timeout` with what the server said last, or what `exchange` throws
 */
export async function exchangePatiently(asked: PatientRequest, task?: Task): Promise<HttpAnswer> {
  const { request, exchange, patience, onWarmUp } = asked;
  const started = performance.now();
  const deadline = started + request.timeoutMs;
  const notice = setTimeout(onWarmUp, patience.noticeMs);
  try {
    for (let tries = 0; ; tries++) {
      const answer = await exchange({ ...request, timeoutMs: Math.max(1, deadline - performance.now()) }, task);
      const mayStart = isUnconnected(answer) && performance.now() - started < startingMs;
      if (!isNotReady(answer) && !mayStart) return answer;
      const said = readErrorText(answer.body);
      onWarmUp(said);
      const usual = patience.pausesMs[Math.min(tries, patience.pausesMs.length - 1)] ?? 0;
      const pause = Math.min(longestPauseMs, Math.max(usual, answer.retryAfterMs ?? 0));
      if (performance.now() + pause >= deadline) throw notReadyError(request, said);
      await wait(pause, task);
    }
  } finally {
    clearTimeout(notice);
  }
}

/**
 * What servers and gateways say with 503 while a model or its pod starts: KServe's wrapper, TorchServe without a worker,
 * Envoy (Istio, Gateway API), Knative's activator, the API server's proxy. TorchServe answers 503 to requests that fail,
 * too ("Prediction failed", "number of batch response mismatched"), and trying those again would only hide the reason.
 */
const notReadyWords = new RegExp(
  [
    'not (yet )?(ready|available|loaded)',
    'no worker',
    'no healthy upstream',
    'upstream connect error',
    'no endpoints available',
    'error trying to reach service',
    'service (is )?(temporarily )?unavailable',
    'activator',
    'loading|starting|initializing|scaling',
  ].join('|'),
  'i',
);

/** Whether a 503 means "later" rather than "failed". One without words of a model server comes from a gateway. */
export function isNotReady({ status, body }: HttpAnswer): boolean {
  if (status !== 503) return false;
  const words = readErrorText(body);
  return words === undefined || notReadyWords.test(words);
}

/** KServe's wrapper does not reach TorchServe behind it. */
function isUnconnected({ status, body }: HttpAnswer): boolean {
  return status === 500 && /All connection attempts failed/.test(readErrorText(body) ?? '');
}

function notReadyError({ url, timeoutMs }: HttpRequest, said: string | undefined): ModelDeckError {
  const words = said === undefined ? '' : `: "${said}"`;
  return new ModelDeckError(
    'timeout',
    `The model at ${new URL(url).origin} was still not ready after ${duration(timeoutMs)}${words}.`,
    { remedy: 'Look at the log of the deployment: it says what the model waits for.', nextStep: { kind: 'retry' } },
  );
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

async function wait(milliseconds: number, task: Task | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, task?.signal && { signal: task.signal });
  } catch {
    throw ModelDeckError.cancelled();
  }
}
