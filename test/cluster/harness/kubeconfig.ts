import { readFile, writeFile } from 'node:fs/promises';
import { dump } from 'js-yaml';
import type { KeyPair } from './certificates.ts';

export const contextName = 'model-deck-test';

/** What a kubeconfig's user proves itself with. */
export type Credentials = { readonly clientCertificate: KeyPair } | { readonly token: string };

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM file of the CA. */
  readonly ca: string;
  readonly credentials: Credentials;
  /** The context's namespace; `default` when left out, as kubectl takes it. */
  readonly namespace?: string;
}

/** Writes a kubeconfig with one context, {@link contextName}, that needs no other file. */
export async function writeKubeconfig(file: string, options: KubeconfigOptions): Promise<void> {
  const { server, ca, credentials, namespace } = options;
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': await base64(credentials.clientCertificate.cert),
          'client-key-data': await base64(credentials.clientCertificate.key),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: { server, 'certificate-authority-data': await base64(ca) } }],
    users: [{ name: contextName, user }],
    contexts: [
      {
        name: contextName,
        context: { cluster: contextName, user: contextName, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
  };
  await writeFile(file, dump(config), { mode: 0o600 });
}

async function base64(file: string): Promise<string> {
  return (await readFile(file)).toString('base64');
}
