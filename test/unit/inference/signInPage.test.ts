import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signInPage } from '../../../src/inference/client/signInPage.ts';

const base = 'https://cats-ml.acme.io';
const redirect = (location: string) => signInPage({ status: 302, body: '<a href="#">Found</a>.', location }, base);
const page = (body: string, status = 200) => signInPage({ status, body }, base);
const state = 'state=c2VjcmV0&client_id=kfp&response_type=code&scope=openid';

describe('what wants a sign-in instead of answering as a model', () => {
  const redirects: readonly (readonly [guard: RegExp, location: string])[] = [
    [/^OpenShift's/, '/oauth/start?rd=%2Fv1%2Fmodels'],
    [
      /^OpenShift's/,
      `https://oauth-openshift.apps.acme.io/oauth/authorize?client_id=system:serviceaccount:ml:cats-sa&${state}`,
    ],
    [
      /^OpenShift's/,
      'https://oauth-openshift.apps.acme.io/oauth/authorize?client_id=system%3Aserviceaccount%3Aml%3Acats-sa',
    ],
    [/Dex/, `/dex/auth?${state}&redirect_uri=%2Fauthservice%2Foidc%2Fcallback`],
    [/Dex/, `https://kubeflow.acme.io/dex/auth/local?${state}`],
    [/^oauth2-proxy$/, '/oauth2/start?rd=%2Fv1%2Fmodels%2Fcats%3Apredict'],
    [
      /^oauth2-proxy$/,
      `https://issuer.acme.io/auth?${state}&redirect_uri=https%3A%2F%2Fcats-ml.acme.io%2Foauth2%2Fcallback`,
    ],
    [/Entra/, `https://login.microsoftonline.com/0f/oauth2/v2.0/authorize?${state}`],
    [/Google/, 'https://accounts.google.com/o/oauth2/v2/auth?client_id=7'],
    [/Cloudflare/, 'https://acme.cloudflareaccess.com/cdn-cgi/access/login/cats-ml.acme.io?kid=1'],
    [/Keycloak/, `https://id.acme.io/realms/ml/protocol/openid-connect/auth?${state}`],
    [/^a sign-in page$/, `https://acme.okta.io/oauth2/default/v1/authorize?${state}`],
    [/^a sign-in page$/, '/login?next=/v1/models'],
    [/^a sign-in page$/, 'https://sso.acme.io/?to=cats'],
  ];
  for (const [guard, location] of redirects) {
    it(`names ${guard.source.replace(/[\^$]/g, '')} by ${location.slice(0, 60)}`, () => {
      const found = redirect(location);
      assert.match(found?.by ?? 'nothing', guard);
      assert.equal(found?.at, new URL(location, base).origin, 'without what may be a secret');
      assert.match(found?.wayOn ?? '', /token|cookie|Log in/);
    });
  }

  const pages: readonly (readonly [guard: RegExp, body: string, status?: number])[] = [
    [
      /^oauth2-proxy$/,
      '<!DOCTYPE html><html><form method="GET" action="/oauth2/start"><button>Sign in</button></form>',
      403,
    ],
    [
      /^OpenShift's/,
      '<html><body><form action="/oauth/start"><button>Log in with OpenShift</button></form></body></html>',
      403,
    ],
    [/^a sign-in page$/, '<!doctype html>\n<html><head><title>Acme | Log in</title></head></html>'],
    [/^a sign-in page$/, '<html><form><input name="p" type="password"></form></html>'],
  ];
  for (const [guard, body, status = 200] of pages) {
    it(`knows its page, answered with ${status}: ${body.slice(0, 60)}`, () =>
      assert.match(page(body, status)?.by ?? 'nothing', guard));
  }

  const others: readonly (readonly [what: string, found: unknown])[] = [
    ['a redirect to another path', redirect('/v1/models/')],
    ['a redirect to a model whose name speaks of signing in', redirect('/v1/models/login-page-classifier:predict')],
    ['a redirect to nowhere', signInPage({ status: 302, body: '' }, base)],
    ['an answer of a model', page('{"predictions":[{"login":0.9,"<html>":0.1}]}')],
    ['the page of a gateway', page('<html><head><title>404 Not Found</title></head><body>nginx</body></html>', 404)],
    ['the page of a server that failed', page('<html><body>Internal Server Error</body></html>', 500)],
  ];
  for (const [what, found] of others) it(`takes ${what} for no sign-in`, () => assert.equal(found, undefined));
});
