import type { ErrorCategory } from '../foundation/error.ts';
import { ModelDeckError } from '../foundation/error.ts';
import { connectionReason } from './transport/connectionReasons.ts';
import type { KubeContext } from './kubeconfig/kubeContext.ts';

/** Kubernetes' own `Status`, the answer of an API server that says no. It is the cause of the errors made from it. */
export interface KubeStatus {
  readonly kind: 'Status';
  /** The answer was none of Kubernetes: a sign-in page, a proxy, another server. */
  readonly isForeign?: boolean;
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** A field that another manager owns and our apply would change. */
export interface FieldConflict {
  readonly manager: string;
  /** For example `.spec.predictor.minReplicas`. */
  readonly field: string;
}

/** What was asked for, for the sentence about its failure. */
export interface Attempt {
  /** As it goes into a sentence, for example `list InferenceServices in ml`. */
  readonly doing: string;
  readonly context: KubeContext;
  /** The proxy in between, without its credentials. */
  readonly proxy?: string | undefined;
}

/** Makes the error of an answer that is not 2xx. */
export function statusError(attempt: Attempt, status: KubeStatus): ModelDeckError {
  const {
    category,
    brief,
    remedy,
    words = status.message.replace(doesNotFit, ''),
  } = meaningOf(status, attempt.context);
  const location = { path: attempt.context.file };
  return new ModelDeckError(category, sentence(attempt, words), {
    ...(brief !== undefined && { brief }),
    ...(remedy !== undefined && { remedy }),
    ...(category === 'unauthorized' && { location, nextStep: { kind: 'open-file', location } }),
    ...((category === 'server' || category === 'unreachable') && { nextStep: { kind: 'retry' } }),
    cause: status,
  });
}

/** Makes the error of a connection that did not come about or broke; passes ours through. */
export function connectionError(attempt: Attempt, error: unknown): ModelDeckError {
  if (ModelDeckError.is(error)) return error;
  const { reason, brief, remedy, inKubeconfig } = connectionReason(error, attempt.context.server ?? '');
  const through = attempt.proxy === undefined ? '' : ` (through the proxy ${attempt.proxy})`;
  const location = { path: attempt.context.file };
  return new ModelDeckError('unreachable', sentence(attempt, `${reason}${through}`), {
    brief,
    remedy,
    nextStep: inKubeconfig ? { kind: 'open-file', location } : { kind: 'retry' },
    cause: error,
  });
}

export function deadlineError(attempt: Attempt, milliseconds: number): ModelDeckError {
  const through = attempt.proxy === undefined ? '' : ` through the proxy ${attempt.proxy}`;
  const words = `${attempt.context.server} did not answer${through} within ${milliseconds / 1000} s`;
  return new ModelDeckError('timeout', sentence(attempt, words), {
    brief: 'no answer',
    remedy: 'Check that the cluster runs and can be reached from here, then try again.',
    nextStep: { kind: 'retry' },
  });
}

/** Reads the `Status` out of an answer; an answer of something else (a proxy, an older path) becomes one. */
export function parseStatus(code: number, body: string): KubeStatus {
  try {
    const value = JSON.parse(body) as Partial<KubeStatus> | null;
    if (value?.kind === 'Status' && typeof value.message === 'string') {
      return { ...value, kind: 'Status', code: value.code ?? code, message: value.message };
    }
  } catch {
    // Not JSON: the words below are all there is.
  }
  // The API server itself answers in plain text now and then, for example while it starts.
  const isPage = /^\s*[<{]/.test(body);
  const words = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  const isForeign =
    (code >= 300 && code < 400) || (isPage && code < 500) || (code === 404 && words !== '404 page not found');
  return { kind: 'Status', code, isForeign, message: words === '' ? `the answer was HTTP ${code}` : words };
}

/** The server's own answer behind an error, when there was one. */
export function statusOf(error: unknown): KubeStatus | undefined {
  if (!ModelDeckError.is(error)) return undefined;
  const cause = error.cause as Partial<KubeStatus> | undefined;
  return cause?.kind === 'Status' ? (cause as KubeStatus) : undefined;
}

/**
 * Whether the cluster does not serve the kind at all, for example because KServe is not installed; a missing object is
 * told apart by the name that the answer carries.
 */
export function isKindMissing(error: unknown): boolean {
  const status = statusOf(error);
  return status?.code === 404 && !status.details?.name;
}

/** Whether the server no longer knows the resource version or the continue token (410). */
export function isExpired(error: unknown): boolean {
  const status = statusOf(error);
  return status?.code === 410;
}

/** Who owns the fields that stood against a server-side apply; empty for any other error. */
export function fieldConflicts(error: unknown): readonly FieldConflict[] {
  const causes = statusOf(error)?.details?.causes ?? [];
  return causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ message, field }) => ({
      manager: managerIn(message ?? ''),
      field: field ?? '',
    }));
}

/** The manager's name stands in the message alone, quoted as Go does: `conflict with "name" using v1`. */
function managerIn(message: string): string {
  const quoted = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message)?.[1] ?? '""';
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

const objection: Meaning = {
  category: 'invalid-input',
  remedy: 'Change what the server objects to, and try again.',
};

/** A server-side apply answers 500 when the object that is applied does not fit its schema, an unknown field for example. */
const doesNotFit = /^failed to create typed patch object \([^)]*\): /;

/** A webhook answers with the error of its own questions, in Go's words, while the API server is away from it. */
const webhookCutOff =
  /\b(dial tcp|connection refused|connection reset|i\/o timeout|TLS handshake timeout|context deadline exceeded|unexpected EOF|: EOF|etcdserver: )/;

const cutOff: Meaning = {
  category: 'unreachable',
  remedy: 'The webhook could not reach the API server: try again in a moment.',
};

interface Meaning {
  readonly category: ErrorCategory;
  readonly brief?: string;
  /** Instead of the server's own message. */
  readonly words?: string;
  readonly remedy?: string;
}

/** The user that a request without credentials is taken for. */
const anonymous = /^[^"]*\bUser "system:anonymous"/;

function meaningOf({ code, details, message, isForeign }: KubeStatus, context: KubeContext): Meaning {
  if (isForeign === true && code !== 401) {
    return {
      category: 'unreachable',
      brief: 'not an API server',
      words: `what answers at ${context.server ?? 'the address'} is not an API server of Kubernetes (HTTP ${code}${code >= 300 && code < 400 ? ', a redirect' : ''})`,
      remedy: 'Check the address of the server in the kubeconfig, and whether a proxy or a sign-in page is in between.',
    };
  }
  switch (code) {
    case 400:
    case 422:
      return objection;
    case 401:
      return {
        category: 'unauthorized',
        brief: 'sign-in expired or refused',
        remedy: `Sign in again, or renew the credentials of ${context.user ?? 'the user'} in the kubeconfig.`,
      };
    case 403:
      return refusal(message, details === undefined, context);
    case 404:
      return details?.name
        ? { category: 'not-found' }
        : {
            category: 'not-found',
            remedy: 'The cluster does not serve this kind: install what defines it, or choose another context.',
          };
    case 409:
      return { category: 'conflict' };
    default:
      if (doesNotFit.test(message)) return objection;
      return { category: 'server', remedy: 'Try again; if it stays, look at the API server.' };
  }
}

function sentence({ doing, context }: Attempt, words: string): string {
  return `Could not ${doing} on ${context.name}: ${words.replace(/\.$/, '')}.`;
}

/** 403: the server's own refusals tell the kind in their details; a webhook that objects to a field answers 403 as well. */
function refusal(message: string, hasNoDetails: boolean, context: KubeContext): Meaning {
  if (hasNoDetails && message.startsWith('admission webhook ')) {
    return webhookCutOff.test(message) ? cutOff : objection;
  }
  if (anonymous.test(message)) {
    const why =
      context.user === undefined
        ? 'the context names no user'
        : `user ${context.user} of the kubeconfig has no credentials`;
    return {
      category: 'unauthorized',
      brief: 'not signed in',
      words: `you are not signed in: ${why}`,
      remedy:
        'Sign in with the tool of your cluster, or add a token, certificate or credential plugin to the kubeconfig.',
    };
  }
  return {
    category: 'forbidden',
    brief: 'not allowed',
    remedy: 'Ask who runs the cluster to allow it, or choose another namespace or context.',
  };
}
