import { ModelDeckError } from '../../foundation/error.ts';

/** What an error needs to know of a request. */
export interface Asked {
  readonly url: string;
  readonly endpointId: string;
}

/** The error for a connection that did not come about, or broke. */
export function connectionError({ url, endpointId }: Asked, error: Error): ModelDeckError {
  const { origin } = new URL(url);
  const { code = '' } = error as NodeJS.ErrnoException;
  const mistrust = mistrusts[code];
  if (mistrust !== undefined) {
    return new ModelDeckError('unreachable', `The certificate of ${origin} is not trusted: ${mistrust}.`, {
      remedy: 'Set the certificate authority of this endpoint, or fix the certificate.',
      nextStep: { kind: 'set-credentials', endpointId },
      cause: error,
    });
  }
  return new ModelDeckError('unreachable', `No answer from ${origin}: ${reasons[code] ?? error.message}.`, {
    remedy: 'Check that the deployment runs, or start it again.',
    nextStep: { kind: 'retry' },
    cause: error,
  });
}

export function timeoutError(url: string, timeoutMs: number): ModelDeckError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return new ModelDeckError('timeout', `${new URL(url).origin} did not answer within ${seconds} s.`, {
    remedy: 'The model may be starting up or overloaded: try again, or look at the log of the deployment.',
    nextStep: { kind: 'retry' },
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut while waiting for the answer',
  EPIPE: 'the connection was cut while the image was sent, perhaps because it is larger than the server takes',
  ENOTFOUND: 'its name is unknown',
  EAI_AGAIN: 'its name cannot be looked up right now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network to it',
  ETIMEDOUT: 'it does not respond',
};

/** OpenSSL's codes as Node passes them on. */
const mistrusts: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is unknown',
  CERT_SIGNATURE_FAILURE: 'it is not signed by the certificate authority',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};
