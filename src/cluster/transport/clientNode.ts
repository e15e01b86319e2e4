import type { RequestOptions } from 'node:https';
import type { ContextSettings } from '../kubeconfig/contextSettings.ts';

/** Fills in TLS material and headers for the next request. */
export type ApplyCredentials = (token: string | undefined) => Promise<RequestOptions>;

/**
 * Hands a context to client-node, which knows certificates, basic auth and impersonation. The only file
 * that imports it. Deep imports leave out the generated APIs, which we do not use: they are megabytes, and know neither
 * deadlines nor pages. Its agents are not kept alive, so that ours are used instead.
 */
export async function openKubeConfig({ cluster, user }: ContextSettings): Promise<ApplyCredentials> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  const { caFile, caData, tlsServerName } = cluster;
  const { certFile, certData, keyFile, keyData, username, impersonate } = user;
  const shared = {
    name: 'user',
    ...(certFile !== undefined && { certFile }),
    ...(certData !== undefined && { certData }),
    ...(keyFile !== undefined && { keyFile }),
    ...(keyData !== undefined && { keyData }),
    ...(username !== undefined && { username, password: user.password ?? '' }),
    ...(impersonate !== undefined && { impersonateUser: impersonate.user }),
  };
  return async (token) => {
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
          skipTLSVerify: cluster.skipTlsVerify || cluster.server.startsWith('http:'),
        },
      ],
      users: [{ ...shared, ...(token !== undefined && { token }) }],
    });
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
}
