import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { urlToHttpOptions } from 'node:url';
import type { CustomFetch } from 'openid-client';
import { fileError } from '../../../foundation/fileErrors.ts';
import { openAgent } from '../../transport/agent.ts';
import { proxyFromEnvironment } from '../../transport/proxy.ts';
import { readBody } from '../../transport/readBody.ts';
import type { OidcConfig } from './oidcConfig.ts';

/**
 * How an issuer is asked: through the proxy that the environment names, and trusting the authority of the kubeconfig
 * instead of the public ones, as client-go does. Node's own `fetch` takes neither.
 *
 * @throws ModelDeckError `not-found`, `permission` for the file of the authority
 */
export async function issuerFetch(
  { caFile, caData }: OidcConfig,
  environment: NodeJS.ProcessEnv,
): Promise<CustomFetch> {
  const ca = caData === undefined ? await readAuthority(caFile) : Buffer.from(caData, 'base64').toString('utf8');
  return async (url, { method, headers, body, signal }) => {
    const target = new URL(url);
    const agent = openAgent(target, proxyFromEnvironment(target, environment));
    try {
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        const request = new http.ClientRequest({
          ...urlToHttpOptions(target),
          ...{ method, headers, agent, signal, ...(ca !== undefined && { ca }) },
        });
        request.once('response', resolve).once('error', reject);
        request.end(body === undefined || body === null ? undefined : String(body as string | URLSearchParams));
      });
      return new Response(await readBody(answer), { status: answer.statusCode ?? 500, headers: plain(answer.headers) });
    } finally {
      agent.destroy();
    }
  };
}

async function readAuthority(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, 'read the idp-certificate-authority that the kubeconfig names', file);
  }
}

/** As the constructor of a Response takes them. */
function plain(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
