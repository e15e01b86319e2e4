import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { issuerAuthority, type OidcClient } from './issuer.ts';

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** What a user's browser and the program behind it do: the code flow with the forms of login and consent. */
export async function signIn(issuer: string, client: OidcClient, user: string): Promise<Tokens> {
  const ca = await readFile(issuerAuthority, 'utf8');
  const cookies = new Map<string, string>();
  const ask = async (method: string, url: string, form?: Record<string, string>, headers = {}): Promise<Answer> => {
    const body = form && new URLSearchParams(form).toString();
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const type = body !== undefined && {
      'content-type': 'application/x-www-form-urlencoded',
    };
    return new Promise((resolve, reject) => {
      const request = https.request(url, { method, ca, headers: { cookie, ...type, ...headers } }, (response) => {
        for (const set of response.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
          cookies.set(name, value);
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({
            status,
            location: answered.location,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      request.on('error', reject).end(body);
    });
  };
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid email offline_access',
    prompt: 'consent',
  });
  let at = `${issuer}/auth?${query.toString()}`;
  for (let steps = 0; !at.startsWith(client.redirectUri); steps++) {
    assert.ok(steps < 12, `The sign-in goes round in circles at ${at}.`);
    let answer = await ask('GET', at);
    if (answer.status === 200) {
      const prompt = /name="prompt" value="(login|consent)"/.exec(answer.body)?.[1];
      assert.ok(prompt, answer.body.slice(0, 500));
      answer = await ask('POST', at, prompt === 'login' ? { prompt, login: user, password: 'any' } : { prompt });
    }
    assert.ok(answer.location, `${at}: ${answer.status} ${answer.body.slice(0, 500)}`);
    at = new URL(answer.location, at).href;
  }
  const code = new URL(at).searchParams.get('code');
  assert.ok(code, at);
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
  };
  const { body } = await ask('POST', `${issuer}/token`, form, {
    authorization: `Basic ${basic}`,
  });
  const { id_token: idToken, refresh_token: refreshToken } = JSON.parse(body) as Record<string, string | undefined>;
  assert.ok(idToken && refreshToken, body.slice(0, 300));
  return { idToken, refreshToken };
}

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string;
}
