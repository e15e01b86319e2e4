import type { ClientAuth, TokenEndpointResponse } from 'openid-client';
import { ModelDeckError } from '../../../foundation/error.ts';
import { connectionReason } from '../../transport/connectionReasons.ts';
import { issuerFetch } from './issuerFetch.ts';
import type { OidcConfig, OidcUser } from './oidcConfig.ts';

type Tokens = Pick<OidcConfig, 'idToken' | 'refreshToken'>;

const timeoutSeconds = 30;

/**
 * Asks the issuer that the kubeconfig names for new tokens.
 *
 * @throws ModelDeckError see `openOidcSession`
 */
export async function refreshTokens(
  user: OidcUser,
  config: OidcConfig,
  environment: NodeJS.ProcessEnv,
): Promise<Tokens> {
  const { issuer = '', clientId = '', refreshToken = '' } = config;
  const server = issuerAddress(user, issuer);
  const fetch = await issuerFetch(config, environment);
  try {
    const client = await import('openid-client');
    const issuedBy = await client.discovery(server, clientId, undefined, await secretOf(config), {
      [client.customFetch]: fetch,
      timeout: timeoutSeconds,
      // An address without TLS is the user's own choice.
      execute: server.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    });
    return tokensOf(await client.refreshTokenGrant(issuedBy, refreshToken));
  } catch (error) {
    throw ModelDeckError.is(error) ? error : refreshError(user, server, error);
  }

  function tokensOf({ id_token: idToken, refresh_token: newer = refreshToken }: TokenEndpointResponse): Tokens {
    if (idToken !== undefined) return { idToken, refreshToken: newer };
    throw new ModelDeckError(
      'unauthorized',
      `${server.host} renewed the sign-in of ${user.name} without an id token.`,
      {
        brief: 'sign-in cannot be renewed',
        remedy: 'Sign in again with the tool that wrote the kubeconfig, with the scope openid.',
        location: { path: user.file },
      },
    );
  }
}

/** How the client shows who it is: as the issuer wants it, and in the header where it does not say. */
async function secretOf({ clientSecret }: OidcConfig): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, None } = await import('openid-client');
  if (clientSecret === undefined) return None();
  return (issuer, ...request) => {
    const inHeader = issuer.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    const show = inHeader ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
    show(issuer, ...request);
  };
}

function issuerAddress({ name, file }: OidcUser, issuer: string): URL {
  if (/^https?:\/\/[^/]/.test(issuer) && URL.canParse(issuer)) return new URL(issuer);
  throw new ModelDeckError('invalid-input', `The idp-issuer-url of ${name} is no address: ${issuer}.`, {
    brief: 'idp-issuer-url is no address',
    remedy: `Correct it in ${file}: it begins with https://.`,
    location: { path: file },
    nextStep: { kind: 'open-file', location: { path: file } },
  });
}

/** What the issuer said, or why it could not be asked; tokens and secrets are in neither. */
function refreshError({ name, file }: OidcUser, server: URL, error: unknown): ModelDeckError {
  const { error: code, error_description: words, cause } = error as Refusal;
  const doing = `Could not renew the OpenID Connect token of ${name}`;
  if (code !== undefined) {
    return new ModelDeckError('unauthorized', `${doing}: ${server.host} says ${words ?? code}.`, {
      brief: 'sign-in expired',
      remedy: 'Sign in again with the tool that wrote the kubeconfig.',
      location: { path: file },
      cause: error,
    });
  }
  const { reason, brief, inKubeconfig } = connectionReason(networkError(error) ?? cause ?? error, server.href);
  return new ModelDeckError('unreachable', `${doing}: ${reason.replace(/\.$/, '')}.`, {
    brief: `sign-in server: ${brief}`,
    remedy: inKubeconfig
      ? `Check idp-issuer-url and idp-certificate-authority of ${name} in ${file}, and the network.`
      : `Check that ${server.host} runs and can be reached from here.`,
    location: { path: file },
    nextStep: inKubeconfig ? { kind: 'open-file', location: { path: file } } : { kind: 'retry' },
    cause: error,
  });
}

/** An OAuth 2.0 answer that says no, as openid-client hands it on. */
interface Refusal {
  readonly error?: string;
  readonly error_description?: string;
  readonly cause?: unknown;
}

/** The error of the socket, however often it was wrapped. */
function networkError(error: unknown): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (/^(E[A-Z]+|CERT_|UNABLE_|DEPTH_|SELF_)/.test(String((inner as NodeJS.ErrnoException).code ?? ''))) return inner;
  }
  return undefined;
}
