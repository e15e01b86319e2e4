import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { contextIdentity } from '../../../src/cluster/index.ts';
import { openConnection } from '../../../src/cluster/openConnection.ts';
import type { ClusterConnection } from '../../../src/cluster/clusterConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { waitUntil } from '../../waitUntil.ts';
import { openDesk, sendJson, sendStatus, startSecureApiServer, widget, widgets } from './fakeApiServer.ts';
import type { Asked, Desk, FakeApiServer } from './fakeApiServer.ts';

const fixture = (name: string): Promise<string> => readFile(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const seconds = (): number => Math.floor(Date.now() / 1000);

describe('OpenID Connect', { timeout: 120_000 }, () => {
  let desk: Desk;
  let api: FakeApiServer;
  let issuer: FakeApiServer;
  let opened: ClusterConnection[];
  /** What the issuer tells of itself beyond the addresses. */
  let metadata: object;
  /** How long a renewed token is good, seconds. */
  let life: number;
  /** Refresh tokens that the issuer takes; each once. */
  let good: Set<string>;
  let renewals: number;
  let nextRefresh: (number: number) => string;

  beforeEach(async () => {
    desk = await openDesk();
    [opened, metadata, life, renewals, good] = [[], {}, 3600, 0, new Set(['refresh-0'])];
    nextRefresh = (number) => `refresh-${number}`;
    api = await startSecureApiServer((_, response) => sendJson(response, widget('a')));
    issuer = await startSecureApiServer((asked, response) => {
      if (asked.url.pathname === '/realm/.well-known/openid-configuration') {
        const [own, token] = [`${issuer.url}/realm`, `${issuer.url}/realm/token`];
        return sendJson(response, { issuer: own, token_endpoint: token, ...metadata });
      }
      const old = new URLSearchParams(asked.body).get('refresh_token') ?? '';
      if (!good.delete(old)) {
        return sendJson(response, { error: 'invalid_grant', error_description: 'Token is not active' }, 400);
      }
      renewals += 1;
      const refresh_token = nextRefresh(renewals);
      good.add(refresh_token);
      const id_token = idToken(seconds() + life, renewals);
      const tokens = { id_token, refresh_token, access_token: 'x', token_type: 'Bearer' };
      return sendJson(response, { ...tokens, expires_in: life });
    });
  });
  afterEach(async () => {
    for (const connection of opened) connection.close();
    await desk.close();
    await api.close();
    await issuer.close();
  });

  function idToken(exp: number, number = 0): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: `${issuer.url}/realm`, aud: 'desk', sub: 'ada', iat: seconds(), exp, number };
    return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
  }

  /** A kubeconfig with a comment, whose token has expired. */
  async function kubeconfig(change: Record<string, string | undefined> = {}): Promise<string> {
    const config = {
      'idp-issuer-url': `${issuer.url}/realm`,
      'client-id': 'desk',
      'client-secret': 'very secret',
      'idp-certificate-authority': 'issuer.pem',
      'id-token': idToken(seconds() - 60),
      'refresh-token': 'refresh-0',
      ...change,
    };
    await desk.write('issuer.pem', await fixture('issuer-cert.pem'));
    const lines = Object.entries(config).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
    const text = `# of the hospital
current-context: desk
contexts: [{ name: desk, context: { cluster: fake, user: ada, namespace: ml } }]
clusters: [{ name: fake, cluster: { server: '${api.url}', certificate-authority: issuer.pem } }]
users:
  - name: ada # signs in by Keycloak
    user:
      auth-provider:
        name: oidc
        config:
${lines.map((line) => `          ${line}`).join('\n')}
`;
    return desk.write('config', text);
  }

  async function connect(file: string): Promise<ClusterConnection> {
    const connection = await openConnection({ files: [file], contextName: 'desk', environment: {} });
    opened.push(connection);
    return connection;
  }
  const ask = async (file: string): Promise<string | undefined> => {
    await (await connect(file)).get(widgets, { name: 'a' });
    return api.asked.at(-1)?.headers.authorization;
  };
  async function fails(change: Record<string, string | undefined>): Promise<ModelDeckError> {
    const error = await ask(await kubeconfig(change)).then(
      () => assert.fail('it was expected to fail'),
      (reason: unknown) => reason,
    );
    assert.ok(ModelDeckError.is(error), String(error));
    const told = JSON.stringify([error.message, error.remedy]);
    for (const secret of ['very secret', 'refresh-0']) assert.ok(!told.includes(secret), told);
    return error;
  }
  const renewal = (): Asked | undefined => issuer.asked.find(({ method }) => method === 'POST');

  it('sends a token that is good, and asks nobody', async () => {
    const token = idToken(seconds() + 600);
    assert.equal(await ask(await kubeconfig({ 'id-token': token })), `Bearer ${token}`);
    assert.equal(issuer.asked.length, 0);
  });

  it('renews one that has expired, once, at an issuer with an authority of its own', async () => {
    const file = await kubeconfig();
    const connection = await connect(file);
    await Promise.all([connection.get(widgets, { name: 'a' }), connection.get(widgets, { name: 'b' })]);
    const tokens = api.asked.map(({ headers }) => headers.authorization);
    assert.match(tokens[0] ?? '', /^Bearer /);
    assert.equal(new Set(tokens).size, 1);
    assert.equal(renewals, 1);
    const { headers, body } = renewal() ?? {};
    assert.equal(headers?.authorization, `Basic ${Buffer.from('desk:very+secret').toString('base64')}`);
    assert.equal(new URLSearchParams(body).get('grant_type'), 'refresh_token');
  });

  it('keeps what it got in the kubeconfig, where kubectl finds it, and changes nothing else', async () => {
    const file = await kubeconfig();
    await chmod(file, 0o600);
    const before = await readFile(file, 'utf8');
    const authorization = (await ask(file)) ?? '';
    const after = await readFile(file, 'utf8');
    assert.match(after, /refresh-token: refresh-1\n/);
    assert.ok(after.includes(`id-token: ${authorization.replace('Bearer ', '')}\n`));
    const rest = (text: string): string => text.replace(/(id|refresh)-token: .*/g, '');
    assert.equal(rest(after), rest(before));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    // Another window has the new one from there.
    assert.equal(await ask(file), authorization);
    assert.equal(renewals, 1);
  });

  it('is not another context when tokens have been renewed', async () => {
    const file = await kubeconfig();
    const before = await contextIdentity([file], 'desk', {});
    await ask(file);
    assert.deepEqual(await contextIdentity([file], 'desk', {}), before);
    await writeFile(file, (await readFile(file, 'utf8')).replace('client-id: desk', 'client-id: other'));
    assert.notDeepEqual(await contextIdentity([file], 'desk', {}), before);
  });

  it('takes the token that kubectl has renewed in between', async () => {
    const file = await kubeconfig();
    const connection = await connect(file);
    const token = idToken(seconds() + 600, 77);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/id-token: .*/, `id-token: ${token}`));
    await connection.get(widgets, { name: 'a' });
    assert.equal(api.asked.at(-1)?.headers.authorization, `Bearer ${token}`);
    assert.equal(renewals, 0);
  });

  it('remembers what cannot be kept in the file', async () => {
    nextRefresh = (number) => `a: #${number}`;
    const file = await kubeconfig();
    const before = await readFile(file, 'utf8');
    const connection = await connect(file);
    // Ten seconds before its end it is renewed.
    life = 11;
    await connection.get(widgets, { name: 'a' });
    assert.equal(await readFile(file, 'utf8'), before);
    await waitUntil('the token is renewed', async () => {
      await connection.get(widgets, { name: 'a' });
      return renewals > 1;
    });
    assert.equal(renewals, 2);
    const sent = api.asked.map(({ headers }) => headers.authorization);
    assert.equal(new Set(sent.slice(0, -1)).size, 1, 'until then the first is remembered');
    assert.notEqual(sent.at(-1), sent[0]);
  });

  it('sends the secret as the issuer wants it, or none', async () => {
    metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    await ask(await kubeconfig());
    assert.equal(renewal()?.headers.authorization, undefined);
    assert.equal(new URLSearchParams(renewal()?.body).get('client_secret'), 'very secret');
    good.add('refresh-0');
    await ask(await kubeconfig({ 'client-secret': undefined }));
    const last = issuer.asked.at(-1);
    assert.equal(last?.headers.authorization, undefined);
    assert.equal(new URLSearchParams(last?.body).get('client_secret'), null);
    assert.equal(new URLSearchParams(last?.body).get('client_id'), 'desk');
  });

  it('says what the issuer says to a refresh token that it does not take', async () => {
    good.clear();
    const error = await fails({});
    assert.equal(error.category, 'unauthorized');
    const { host } = new URL(issuer.url);
    assert.equal(error.message, `Could not renew the OpenID Connect token of ada: ${host} says Token is not active.`);
    assert.match(error.remedy ?? '', /Sign in again/);
  });

  it('says why the issuer cannot be asked', async () => {
    const untrusted = await fails({ 'idp-certificate-authority': undefined });
    assert.equal(untrusted.category, 'unreachable');
    assert.match(untrusted.message, /authority that the kubeconfig does not trust/);
    assert.match(untrusted.remedy ?? '', /idp-certificate-authority of ada in /);
    const gone = await fails({ 'idp-issuer-url': 'https://127.0.0.1:1/realm' });
    assert.match(gone.message, /nothing listens at 127\.0\.0\.1:1\.$/);
    const missing = await fails({ 'idp-certificate-authority': 'nowhere.pem' });
    assert.match(missing.message, /idp-certificate-authority.*nowhere\.pem/);
    const wrong = await fails({ 'idp-issuer-url': 'keycloak' });
    assert.equal(wrong.category, 'invalid-input');
    assert.match(wrong.message, /idp-issuer-url of ada is no address: keycloak/);
  });

  it('says that one without a refresh token has to sign in again', async () => {
    const error = await fails({ 'refresh-token': undefined });
    assert.match(error.message, /OpenID Connect token of ada has expired and cannot be renewed/);
  });

  it('is unauthorized when the API server does not take the token', async () => {
    await api.close();
    api = await startSecureApiServer((_, response) => sendStatus(response, 401, 'Unauthorized'));
    const error = await fails({ 'id-token': idToken(seconds() + 600) });
    assert.equal(error.category, 'unauthorized');
  });
});
