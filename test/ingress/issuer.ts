import { readFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { freePorts } from '../../src/foundation/freePorts.ts';
import { oidcProvider } from './oidcProvider.ts';

const fixtures = path.join(import.meta.dirname, '..', 'unit', 'cluster', 'fixtures');
/** Certificate of the issuer, for 127.0.0.1; its own authority. */
export const issuerAuthority = path.join(fixtures, 'issuer-cert.pem');

/** A program that signs in at the issuer. */
export interface OidcClient {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

/** Whose id tokens live an hour, as usual. */
export const patient: OidcClient = {
  id: 'kubernetes',
  secret: 'not-a-secret',
  redirectUri: 'http://127.0.0.1:8000/',
};
/** Whose first id token has ended before anybody can use it; renewed ones live an hour. */
export const hurried: OidcClient = {
  id: 'hurried',
  secret: 'not-a-secret',
  redirectUri: 'http://127.0.0.1:8000/',
};

export interface Issuer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A real OpenID Connect provider, whose login form takes any name. */
export async function startIssuer(proxyCallback: string): Promise<Issuer> {
  const Provider = await oidcProvider();
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const client = ({ id, secret, redirectUri }: OidcClient): object => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [redirectUri, proxyCallback],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const provider = new Provider(url, {
    clients: [client(patient), client(hurried)],
    cookies: { keys: ['of-the-tests'] },
    pkce: { required: () => false },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: true,
      }),
    }),
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: {
      IdToken: (
        { oidc }: { oidc: { params?: { grant_type?: string } } },
        _: unknown,
        { clientId }: { clientId: string },
      ) => (clientId === hurried.id && oidc.params?.grant_type !== 'refresh_token' ? 1 : 3600),
      RefreshToken: 86_400,
      AccessToken: 3600,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 3600,
    },
  });
  const [cert, key] = await Promise.all([readFile(issuerAuthority), readFile(path.join(fixtures, 'issuer-key.pem'))]);
  const server = https.createServer({ cert, key }, provider.callback());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the API server is told of the issuer: its users are `oidc:<name>`. */
export async function authenticationConfig(url: string): Promise<string> {
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1beta1',
    kind: 'AuthenticationConfiguration',
    jwt: [
      {
        issuer: {
          url,
          audiences: [patient.id, hurried.id],
          audienceMatchPolicy: 'MatchAny',
          certificateAuthority: await readFile(issuerAuthority, 'utf8'),
        },
        claimMappings: { username: { claim: 'sub', prefix: 'oidc:' } },
      },
    ],
  });
}
