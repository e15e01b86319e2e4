import { ModelDeckError } from '../../../foundation/error.ts';
import { keepTokens, readOidcConfig, type OidcConfig, type OidcUser } from './oidcConfig.ts';
import { refreshTokens } from './refreshTokens.ts';

/** An id token, and until when it may be used without asking again, in milliseconds since 1970. */
export interface IdToken {
  readonly token: string;
  readonly freshUntil: number;
}

/** A token that ends so soon is renewed at once, milliseconds: as client-go does. */
const earlyMs = 10_000;

/**
 * Keeps the id token of a user fresh, as client-go's own plugin does. client-node's takes the life of a renewed token for the
 * time of its end, knows no `idp-certificate-authority` and no proxy, and keeps a renewed refresh token from kubectl.
 *
 * @returns gives a token that is good now. @throws ModelDeckError `unauthorized`; `unreachable` when the issuer is;
 *   `invalid-input` for a wrong field of the kubeconfig
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
 */
export function openOidcSession(user: OidcUser, environment: NodeJS.ProcessEnv): () => Promise<IdToken> {
  let known = user.oidc;
  /** Which id token stood in the file when a newer one could not be put there. */
  let unwritten: { readonly instead: string | undefined; readonly config: OidcConfig } | undefined;

  async function latest(): Promise<OidcConfig> {
    const read = (await readOidcConfig(user.file, user.name)) ?? known;
    known = read;
    return unwritten !== undefined && unwritten.instead === read.idToken ? unwritten.config : read;
  }

  return async () => {
    const before = await latest();
    const token = goodToken(before);
    if (token !== undefined) return token;
    if (before.refreshToken === undefined || before.issuer === undefined || before.clientId === undefined) {
      throw signedOut(user, 'has expired and cannot be renewed');
    }
    try {
      const after = { ...before, ...(await refreshTokens(user, before, environment)) };
      unwritten = { instead: known.idToken, config: after };
      await keepTokens(user.file, user.name, known, after);
      return goodToken(after) ?? Promise.reject(signedOut(user, 'was renewed by one that has expired already'));
    } catch (error) {
      // Somebody else, as kubectl, may have used the refresh token before.
      const now = goodToken(await latest());
      if (now === undefined) throw error;
      return now;
    }
  };
}

function goodToken({ idToken }: OidcConfig): IdToken | undefined {
  if (idToken === undefined) return undefined;
  const freshUntil = expiryOf(idToken) - earlyMs;
  return freshUntil > Date.now() ? { token: idToken, freshUntil } : undefined;
}

/** `exp` of a JSON Web Token, in milliseconds; 0 for what is none, so that it is renewed. */
function expiryOf(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown;
    };
    return typeof claims.exp === 'number' ? claims.exp * 1000 : 0;
  } catch {
    return 0;
  }
}

function signedOut({ name, file }: OidcUser, what: string): ModelDeckError {
  return new ModelDeckError('unauthorized', `The OpenID Connect token of ${name} ${what}.`, {
    brief: 'sign-in expired',
    remedy: 'Sign in again with the tool that wrote the kubeconfig.',
    location: { path: file },
  });
}
