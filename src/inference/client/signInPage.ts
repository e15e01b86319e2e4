import type { HttpAnswer } from './httpExchange.ts';

/** What stands in front of a model and wants a sign-in by a browser. */
export interface SignInPage {
  /** For the reader, for example `oauth2-proxy`. */
  readonly by: string;
  /** Where it leads to, without its query, which may carry tokens. */
  readonly at: string | undefined;
  /** What gets a program past it; one sentence. */
  readonly wayOn: string;
}

interface Guard {
  readonly by: string;
  /** Looked for in the address that it leads to: host, path and the names and values of its query. */
  readonly address?: RegExp;
  /** Looked for in the page that it answers itself. */
  readonly page?: RegExp;
  readonly wayOn: string;
}

const account = 'Set the token of a ServiceAccount for this endpoint';
const inside = 'or choose a port forward, which does not lead through it';

/** The most special first: what one leads to may be a page of another. */
const guards: readonly Guard[] = [
  {
    by: "OpenShift's OAuth proxy",
    address: /\/oauth\/(authorize|start)\b.*system:serviceaccount:|\/oauth\/start\b/,
    page: /Log in with OpenShift/i,
    wayOn: `${account}, ${inside}.`,
  },
  {
    by: "Istio's or Kubeflow's sign-in (Dex)",
    address: /\/dex\/auth|\/authservice\//,
    wayOn: `${account}, or its cookie (authservice_session or oauth2_proxy_kubeflow), ${inside}.`,
  },
  {
    by: 'oauth2-proxy',
    address: /\/oauth2\/(start|sign_in)\b|redirect_uri=[^&]*\/oauth2\/callback/,
    page: /\/oauth2\/(start|sign_in)|OAuth2 Proxy/,
    wayOn: `Set a bearer token that it accepts (skip-jwt-bearer-tokens), or its cookie _oauth2_proxy, for this endpoint, ${inside}.`,
  },
  {
    by: 'Microsoft Entra',
    address: /^login\.(microsoftonline|windows)\./,
    wayOn: `Set a bearer token or the cookie of a browser that is signed in for this endpoint, ${inside}.`,
  },
  {
    by: 'Google Identity-Aware Proxy',
    address: /^accounts\.google\.com\/|iap\.googleapis\.com/,
    wayOn: `Set an identity token of a service account as the bearer token of this endpoint, ${inside}.`,
  },
  {
    by: 'Cloudflare Access',
    address: /\.cloudflareaccess\.com\/|\/cdn-cgi\/access\/login/,
    wayOn: `Set its cookie CF_Authorization for this endpoint, ${inside}.`,
  },
  {
    by: 'Keycloak',
    address: /\/realms\/[^/]+\/protocol\/openid-connect\/auth/,
    wayOn: `Set a bearer token or the cookie of the proxy in front of the model for this endpoint, ${inside}.`,
  },
  {
    by: 'a sign-in page',
    address:
      /^(login|auth|sso|sign-?in|accounts|idp|id|oauth2?|dex|keycloak)\.|response_type=(code|id_token|token)|\/(login|sign-?in|sso|auth|authorize)(\/|\?|$)/i,
    page: /type=["']?password|<form[^>]+(login|sign[-_]?in)|<title>[^<]*(log ?in|sign ?in)/i,
    wayOn: `Log in with a browser and set the cookie of this endpoint, ${inside}.`,
  },
];

/**
 * The sign-in that answered instead of a model: by a redirect to it, or by its page, whatever the status is.
 *
 * @param base the address that was asked, for a redirect without a host
 */
export function signInPage({ status, body, location }: HttpAnswer, base: string): SignInPage | undefined {
  const isRedirect = status >= 300 && status < 400;
  const target = isRedirect ? parsed(location, base) : undefined;
  if (isRedirect) {
    if (target === undefined) return undefined;
    const address = target.host + target.pathname + decoded(target.search);
    const guard = guards.find((each) => each.address?.test(address));
    return guard && { by: guard.by, at: target.origin, wayOn: guard.wayOn };
  }
  if (!/^\s*<(!doctype|html)/i.test(body)) return undefined;
  const guard = guards.find((each) => each.page?.test(body));
  return guard && { by: guard.by, at: undefined, wayOn: guard.wayOn };
}

function parsed(location: string | undefined, base: string): URL | undefined {
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base) : undefined;
}

function decoded(search: string): string {
  try {
    return decodeURIComponent(search);
  } catch {
    return search;
  }
}
