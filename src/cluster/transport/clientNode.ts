import type { RequestOptions } from 'node:https';
import type { ContextSettings } from '../kubeconfig/contextSettings.ts';

/**
 * Hands a context to client-node, which knows certificates and basic auth: the TLS material and headers of a request. The
 * only file that imports it. Deep imports leave out the generated APIs, which we do not use: they are megabytes, and know
 * neither deadlines nor pages. Its agents are not kept alive, so that ours are used instead.
 *
 * @param token to send instead of what the user has
 * @throws the operating system's error for a file that cannot be read
 */
export async function requestOptions(
  { cluster, user }: ContextSettings,
  token: string | undefined,
): Promise<RequestOptions> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const { caFile, caData, tlsServerName } = cluster;
  const { certFile, certData, keyFile, keyData, username } = user;
  const config = new KubeConfig();
  config.loadFromOptions({
    currentContext: 'context',
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    clusters: [
      {
        name: 'cluster',
        server: cluster.server,
        ...(caFile !== undefined && { caFile }),
        ...(caData !== undefined && { caData }),
        ...(tlsServerName !== undefined && { tlsServerName }),
        // client-node takes a plain http server only where TLS is not to be checked.
        skipTLSVerify: cluster.skipTlsVerify || /^http:/i.test(cluster.server),
      },
    ],
    users: [
      {
        name: 'user',
        ...(certFile !== undefined && { certFile }),
        ...(certData !== undefined && { certData }),
        ...(keyFile !== undefined && { keyFile }),
        ...(keyData !== undefined && { keyData }),
        ...(username !== undefined && { username, password: user.password ?? '' }),
        ...(token !== undefined && { token }),
      },
    ],
  });
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}
